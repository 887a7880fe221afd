#pragma once
#include <functional>
#include <optional>
#include <vector>

#include "base/result.h"
#include "process/spawn.h"
#include "trace/copy_census.h"
#include "trace/syscall_totals.h"

namespace bytepath::syscalls {

struct WatchedCalls {
  std::vector<trace::SyscallTotal> totals;
  trace::SyscallLosses losses;
  std::optional<trace::CopyCensus> copies;  // where it was asked for
};

struct WatchOptions {
  bool copies = false;  // take the census too, which makes each call a little dearer
};

// The system calls of all programs that `helper` runs while `run` does, each from its execve(2) on,
// with their children. Errors: those of trace::SyscallTracer and CopyCensusTracer, before anything
// is run, and those of `run`.
//
// Opening takes 0.1 to 0.2 s: where runs of several commands alternate, keep a trace::SyscallTracer
// and add up by trace::add_totals() instead.
Result<WatchedCalls> watch_syscalls(const process::SpawnHelper& helper, const WatchOptions& options,
                                    const std::function<Result<>()>& run);

}  // namespace bytepath::syscalls
