#pragma once
#include <linux/perf_event.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/descriptor.h"
#include "base/result.h"
#include "trace/perf_ring.h"

namespace bytepath::trace {

struct PerfEventKind {
  perf_event_attr attributes{};
  std::string what;  // for error messages: "mappings"
};

// Events of all kinds on every present thread of a process and, inherited, on all threads and
// processes that these start. Each has one event a CPU, because an inherited event can have a ring
// only so, and all events of a CPU share one ring.
class PerfEvents {
 public:
  // Counting begins when all rings are there. `data_pages` (a power of two) for each ring is halved
  // until this user may map them: the kernel limits ordinary users by kernel.perf_event_mlock_kb
  // and ulimit -l. Errors: denied, unsupported, failed.
  static Result<PerfEvents> open(pid_t process, std::span<const PerfEventKind> kinds,
                                 std::size_t data_pages);

  // All records of one CPU, then those of the next.
  void drain(const PerfRing::Reader& read);
  // Records that found no room. Where the kernel counts them itself (Linux 6.0), also those that no
  // record in the ring tells of because none came after them.
  std::uint64_t lost() const;
  std::size_t ring_bytes() const { return ring_bytes_; }  // of each
  // Which of `kinds` an event's id (PERF_SAMPLE_IDENTIFIER) means; kinds.size() when none.
  std::size_t kind_of(std::uint64_t id) const;

 private:
  Result<> open_cpu(int cpu, std::span<const pid_t> threads, std::span<const PerfEventKind> kinds);
  Result<> map_rings(std::size_t data_pages);
  Result<> redirect_and_enable();

  struct Event {
    Descriptor descriptor;
    std::size_t leader = 0;  // in events_: whose ring it writes to
  };
  std::vector<Event> events_;
  std::vector<std::size_t> leaders_;
  std::vector<PerfRing> rings_;
  std::unordered_map<std::uint64_t, std::size_t> kind_of_id_;
  std::size_t kinds_ = 0;
  std::size_t ring_bytes_ = 0;
};

// Of the process now; an error when there is none.
Result<std::vector<pid_t>> threads_of(pid_t process);

// Each has its own ring in PerfEvents.
std::vector<int> online_cpus();

// CLOCK_MONOTONIC, the clock of all records here.
std::uint64_t monotonic_ns();

}  // namespace bytepath::trace
