#pragma once
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.h"
#include "trace/mapping_table.h"

namespace bytepath::trace {

// Records how a process, its threads and all children from now on map memory: events of
// PERF_COUNT_SW_DUMMY with mmap, mmap_data, mmap2, comm_exec and task, one for each CPU and present
// thread, inherited, with CLOCK_MONOTONIC times. Needs no more rights than perf_event_paranoid 2
// gives for own processes. The kernel makes no record of munmap(2) and of mremap(2)'s move.
class MappingRecorder {
 public:
  static Result<MappingRecorder> open(pid_t process);
  MappingRecorder(MappingRecorder&&) noexcept;
  MappingRecorder& operator=(MappingRecorder&&) noexcept;
  ~MappingRecorder();

  // Adds what has come since the last call, in the order of time; the first time also what the
  // process had mapped when tracing began, with the time of open().
  void drain(std::vector<MappingChange>& to);
  std::uint64_t lost() const;

 private:
  struct State;
  explicit MappingRecorder(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// One record of such an event, its header included, as a change; false where it is none (another
// type, too short, a name without end). Bounds-checked: `record` is what a kernel wrote, or a
// fuzzer.
bool parse_mapping_record(const void* record, std::size_t size, MappingChange& change);

}  // namespace bytepath::trace
