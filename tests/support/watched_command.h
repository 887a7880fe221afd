#pragma once
#include <fcntl.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/descriptor.h"
#include "process/spawn.h"
#include "trace/copy_census_tracer.h"
#include "trace/syscall_tracer.h"

namespace bytepath::test {

struct WatchedCalls {
  std::vector<trace::SyscallTotal> totals;
  trace::SyscallLosses losses;
  std::optional<trace::CopyCensus> copies;  // where it was asked for
};

struct WatchOptions {
  bool copies = false;  // take the census too
};

// The system calls of all programs that `helper` runs while `run` does, each from its execve(2) on,
// with their children.
inline Result<WatchedCalls> watch_syscalls(const process::SpawnHelper& helper,
                                           const WatchOptions& options,
                                           const std::function<Result<>()>& run) {
  const trace::TracedTree tree{.process = helper.pid(), .without_itself = true};
  std::optional<trace::CopyCensusTracer> census;
  if (options.copies) {
    BYTEPATH_TRY(opened, trace::CopyCensusTracer::open({.tree = tree}));
    census = std::move(opened);
  }
  BYTEPATH_TRY(tracer, trace::SyscallTracer::open(tree));
  if (auto done = run(); !done) return std::unexpected(std::move(done).error());
  WatchedCalls watched{.totals = tracer.totals(), .losses = tracer.losses()};
  if (census) watched.copies = census->census();
  return watched;
}

// Runs a command by a spawn helper of its own, its output going nowhere, with its system calls
// traced. An error too where it ends with a status other than 0.
inline Result<WatchedCalls> watch_command(const std::vector<std::string>& command,
                                          const WatchOptions& options = {}) {
  BYTEPATH_TRY(helper, process::SpawnHelper::start());
  const Descriptor null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  const process::SpawnRequest request{.path = command.front(),
                                      .arguments = command,
                                      .environment = {},
                                      .input = null.get(),
                                      .output = null.get(),
                                      .error = null.get()};
  return watch_syscalls(helper, options, [&]() -> Result<> {
    BYTEPATH_TRY(outcome, helper.run(request));
    if (outcome.exit_code() == 0) return {};
    return fail(ErrorKind::failed,
                fmt::format("{} ended with {}", command.front(), outcome.exit_code()));
  });
}

}  // namespace bytepath::test
