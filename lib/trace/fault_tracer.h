#pragma once
#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "trace/fault_event.h"
#include "trace/mapping_table.h"
#include "trace/missing_part.h"

// Every page fault of a process tree, with its place, time and latency. Two backends, one event.
//
// Entry is the exception's tracepoint (BPF) or the software event page-faults (perf); exit is the
// software event minor-faults or major-faults, which the kernel counts at the end of
// handle_mm_fault (mm_account_fault, mm/memory.c). Works where kprobes and fentry are refused.
// Faults that the kernel makes for itself (MAP_POPULATE, mlock: get_user_pages) raise neither, and
// are only in getrusage's counts.
namespace bytepath::trace {

// What a tracer saw, of each drain() in order of time (see EventMerge): the mappings are those of
// the moment, and devices are as stat(2) has them. A fault or call is told at its end, so one that
// lasts longer than a drain comes with a later one, after what began behind it.
class FaultSink {
 public:
  FaultSink() = default;
  FaultSink(const FaultSink&) = delete;
  FaultSink& operator=(const FaultSink&) = delete;
  virtual ~FaultSink() = default;
  // mapping: nullptr where none is known.
  virtual void fault(const bytepath_fault& fault, const Mapping* mapping) = 0;
  virtual void pages_added(const bytepath_pages_added& added) = 0;
  // mapping: of calls on memory; of munmap the one that goes, of mmap and mremap the new one.
  virtual void call(const bytepath_call& call, const Mapping* mapping) = 0;
  virtual void mapping_changed(const MappingChange& change) = 0;
};

struct TracerLosses {
  std::uint64_t faults = 0;    // that found no room in a ring
  std::uint64_t others = 0;    // page cache and call events that did not
  std::uint64_t mappings = 0;  // records of mappings that the kernel dropped
  std::uint64_t unpaired = 0;  // ends of faults whose beginning was not seen
  // Faults that the kernel answered with a signal or an error instead of a page. No count of the
  // kernel's has them, so they are no loss.
  std::uint64_t unresolved = 0;
  // A fault that was running when tracing began has an end only, which makes no figure too low.
  bool events() const { return faults + others + mappings != 0; }
  bool any() const { return events() || unpaired != 0; }
};

struct TracerOptions {
  pid_t process = -1;      // with all its threads and, from now on, children
  bool calls = true;       // time mmap, madvise and the like too
  bool page_cache = true;  // and what comes into the page cache
  std::size_t ring_bytes = std::size_t{64} << 20;
};

class FaultTracer {
 public:
  FaultTracer() = default;
  FaultTracer(const FaultTracer&) = delete;
  FaultTracer& operator=(const FaultTracer&) = delete;
  virtual ~FaultTracer() = default;

  // "bpf" or "perf".
  virtual const char* name() const = 0;
  // Hands over what has come since the last call. Call it every few milliseconds: nothing wakes
  // anybody up for an event. With `last`, also what was held back for its order.
  virtual void drain(FaultSink& sink, bool last) = 0;
  virtual TracerLosses losses() const = 0;
  // Whether latencies are told apart by what happened (see fault_class.h), and not by major alone.
  virtual bool classifies() const = 0;
  const std::vector<MissingPart>& missing() const { return missing_; }
  // Faults of system calls on the program's memory are not told.
  bool sees_user_faults_only() const { return user_only_; }

 protected:
  bool user_only_ = false;
  std::vector<MissingPart> missing_;
};

// Needs CAP_BPF and CAP_PERFMON. Errors: denied, unsupported.
Result<std::unique_ptr<FaultTracer>> trace_faults_by_bpf(const TracerOptions& options);
// perf_event_open(2) on the process: own processes, kernel.perf_event_paranoid up to 2.
Result<std::unique_ptr<FaultTracer>> trace_faults_by_perf(const TracerOptions& options);

}  // namespace bytepath::trace
