#pragma once
#include <sys/types.h>

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/descriptor.h"
#include "base/result.h"
#include "counters/event.h"

namespace bytepath::counters {

// One event as it was opened, or why it was not.
struct Counter {
  Event event;
  // Nothing when it counts. Kind: unsupported (this host's kernel or CPU lacks it), denied (this
  // user may not) or failed (no process, no descriptors), with the way out as hint.
  std::optional<Error> refused;
  // The kernel's part is refused or was not asked for. Never so for the clocks, which run through
  // system calls in any case.
  bool user_only = false;
};

struct Reading {
  // Since the last read, scaled up where it was multiplexed; NaN if refused or, with running 0, if
  // it never got a counter.
  double value = 0;
  double running = 1;  // the part of the time in which it really counted: below 1 = multiplexed
};

// Events that count what a task's children do, opened once and read by difference.
//
// They are inherited by every process that the task starts from then on and begin with its
// execve(2) (enable_on_exec), so that the task's own work is never counted. Beside them the set
// holds one event that is not inherited (PERF_COUNT_SW_DUMMY): without it the kernel hands the
// parent's contexts to the child (perf_event_context_sched_out) and from the second child on all
// counts read 0. A child's counts arrive before wait4(2) returns (perf_event_exit_task runs before
// exit_notify).
class CounterSet {
 public:
  // Opens each event on `task`, which must be ours to trace; with the kernel's part, or where that
  // is denied, without it (user_only). An event that cannot be opened is in the set with its
  // reason. Never an error as a whole.
  static CounterSet open(pid_t task, std::vector<Event> events);

  std::span<const Counter> counters() const { return counters_; }

  // What has been counted since the last call, one reading for each counter, in their order.
  std::vector<Reading> read();

 private:
  struct Raw {
    std::uint64_t value = 0;
    std::uint64_t enabled = 0;
    std::uint64_t running = 0;
  };
  std::vector<Counter> counters_;
  std::vector<Descriptor> descriptors_;  // as counters_; empty where refused
  std::vector<Raw> last_;
  Descriptor anchor_;  // the event that is not inherited
};

}  // namespace bytepath::counters
