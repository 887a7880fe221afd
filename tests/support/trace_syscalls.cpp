// trace_syscalls REPORT COMMAND [ARGUMENT...]: runs the command with its system calls traced, and
// writes a document of them to REPORT; for benchmarks. It ends with the command's exit status.
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "process/spawn.h"
#include "result/document.h"
#include "support/watched_command.h"
#include "syscalls/document.h"

namespace {

using namespace bytepath;

Result<int> run_traced(const std::string& report, const std::vector<std::string>& command) {
  BYTEPATH_TRY(path, process::find_program(command.front()));
  BYTEPATH_TRY(helper, process::SpawnHelper::start());
  const auto user = process::invoking_user();
  process::SpawnRequest request{.path = path,
                                .arguments = command,
                                .input = STDIN_FILENO,
                                .output = STDOUT_FILENO,
                                .error = STDERR_FILENO,
                                .own_group = false};
  for (char** each = environ; *each != nullptr; ++each) request.environment.emplace_back(*each);
  if (user) request.credentials = &*user;
  int exit_code = 0;
  BYTEPATH_TRY(watched, test::watch_syscalls(helper, {}, [&]() -> Result<> {
                 BYTEPATH_TRY(outcome, helper.run(request));
                 exit_code = outcome.exit_code();
                 return {};
               }));
  result::Document document{.tool = "trace_syscalls"};
  syscalls::add_syscalls(document, {}, watched.totals, watched.losses);
  std::ofstream(report) << result::to_json(document);
  return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() < 2) {
    std::fputs("usage: trace_syscalls REPORT COMMAND [ARGUMENT...]\n", stderr);
    return 2;
  }
  const auto ended = run_traced(arguments.front(), {arguments.begin() + 1, arguments.end()});
  if (ended) return *ended;
  std::fprintf(stderr, "trace_syscalls: %s\n", ended.error().message.c_str());
  return 3;
}
