#pragma once
#include <sys/types.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "stats/histogram.h"
#include "trace/access_event.h"
#include "trace/missing_part.h"

// Which tier serves each access to a file: see access_tracer.bpf.c, and access_tier.h for how what
// happened becomes a tier. Kernel objects are held by descriptors only: with this process they go.
namespace bytepath::trace {

struct AccessLosses {
  std::uint64_t threads = 0;     // that found no room, with all that they did
  std::uint64_t requests = 0;    // the same; their time is not known
  std::uint64_t unpaired = 0;    // ends of faults whose beginning was not seen
  std::uint64_t unresolved = 0;  // faults that the kernel answered with a signal: no loss
};

// The accesses of this process, one at a time.
class OwnAccessTracer {
 public:
  // With `daemons` also where the daemon of a FUSE mount has what it answers; that costs each read
  // through the page cache a program. Errors: denied (CAP_BPF and CAP_PERFMON), unsupported.
  static Result<std::unique_ptr<OwnAccessTracer>> start(bool daemons);
  ~OwnAccessTracer();
  OwnAccessTracer(const OwnAccessTracer&) = delete;
  OwnAccessTracer& operator=(const OwnAccessTracer&) = delete;

  // Shared with the kernel. To label an access: begin(), do it, end().
  void begin(std::uint64_t first_page, std::uint64_t last_page, std::uint32_t file_type) {
    *access_ = {.first_page = first_page, .last_page = last_page, .file_type = file_type};
    // The programs look at the number first: what they see before it is of no access.
    __atomic_store_n(&access_->number, ++accesses_, __ATOMIC_RELEASE);
  }
  bytepath_access end() {
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    const bytepath_access seen = *access_;
    __atomic_store_n(&access_->number, 0, __ATOMIC_RELEASE);
    return seen;
  }

  AccessLosses losses() const;
  const std::vector<MissingPart>& missing() const;

 private:
  struct Parts;
  explicit OwnAccessTracer(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
  bytepath_access* access_;
  std::uint64_t accesses_ = 0;
};

// What the accesses of one way (bytepath_access_read, _fault) from one tier add up to.
struct TierAccesses {
  stats::Histogram times;  // ns
  bytepath_access_sums sums{};
};

struct TracedAccesses {
  std::array<std::array<TierAccesses, bytepath_tier_count>, bytepath_access_ways> tiers;
  std::uint64_t minor_faults = 0;
  std::uint64_t major_faults = 0;
  // read(2) and its kin, and none of a file.
  std::uint64_t other_reads = 0;  // of pipes, sockets, terminals, folders
  std::uint64_t failed_reads = 0;
  std::uint64_t ended_reads = 0;   // at the end of a file
  std::uint64_t compat_reads = 0;  // by a 32-bit program: not looked at
  // io_uring_enter(2), io_submit(2), sendfile(2), splice(2), copy_file_range(2): what they read is
  // not told.
  std::uint64_t unseen_calls = 0;
  AccessLosses losses;
};

struct ProcessAccessOptions {
  pid_t process = 0;            // with its threads and, from now on, children
  bool without_itself = false;  // its children only: the process is the helper that starts them
};

class ProcessAccessTracer {
 public:
  // Errors: as OwnAccessTracer.
  static Result<std::unique_ptr<ProcessAccessTracer>> start(const ProcessAccessOptions& options);
  ~ProcessAccessTracer();
  ProcessAccessTracer(const ProcessAccessTracer&) = delete;
  ProcessAccessTracer& operator=(const ProcessAccessTracer&) = delete;

  // Until now.
  TracedAccesses read() const;
  const std::vector<MissingPart>& missing() const;

 private:
  struct Parts;
  explicit ProcessAccessTracer(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace bytepath::trace
