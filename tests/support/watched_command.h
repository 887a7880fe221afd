#pragma once
#include <fcntl.h>

#include <string>
#include <vector>

#include "base/descriptor.h"
#include "process/spawn.h"
#include "syscalls/watch.h"

namespace bytepath::test {

// Runs a command by a spawn helper of its own, its output going nowhere, with its system calls
// traced. An error too where it ends with a status other than 0.
inline Result<syscalls::WatchedCalls> watch_command(const std::vector<std::string>& command,
                                                    const syscalls::WatchOptions& options = {}) {
  BYTEPATH_TRY(helper, process::SpawnHelper::start());
  const Descriptor null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  const process::SpawnRequest request{.path = command.front(),
                                      .arguments = command,
                                      .environment = {},
                                      .input = null.get(),
                                      .output = null.get(),
                                      .error = null.get()};
  return syscalls::watch_syscalls(helper, options, [&]() -> Result<> {
    BYTEPATH_TRY(outcome, helper.run(request));
    if (outcome.exit_code() == 0) return {};
    return fail(ErrorKind::failed,
                fmt::format("{} ended with {}", command.front(), outcome.exit_code()));
  });
}

}  // namespace bytepath::test
