#include "benchmark/executor.h"

#include <charconv>

namespace bytepath::benchmark {
namespace {

Result<double> sleep_seconds(std::string_view command) {
  constexpr std::string_view word = "sleep ";
  double seconds = 0;
  if (command.starts_with(word)) {
    command.remove_prefix(word.size());
    const auto* const end = command.data() + command.size();
    const auto read = std::from_chars(command.data(), end, seconds);
    if (read.ec == std::errc{} && read.ptr == end && seconds >= 0) return seconds;
  }
  return fail(ErrorKind::failed,
              fmt::format("--debug-mode pretends to run only 'sleep X', not '{}'", command),
              "leave --debug-mode out to run it");
}

}  // namespace

std::string Iteration::environment_value() const {
  switch (phase) {
    case Phase::warmup:
      return fmt::format("warmup-{}", index);
    case Phase::benchmark:
      return fmt::format("{}", index);
    case Phase::other:
    case Phase::cleanup:
      break;
  }
  return {};
}

std::string Iteration::description() const {
  switch (phase) {
    case Phase::warmup:
      return index == 0 ? "the first warmup run" : fmt::format("warmup iteration {}", index);
    case Phase::benchmark:
      return index == 0 ? "the first benchmark run" : fmt::format("benchmark iteration {}", index);
    case Phase::other:
    case Phase::cleanup:
      break;
  }
  return "a non-benchmark run";
}

Result<> check_exit(int exit_code, bool signaled, Iteration iteration,
                    const FailureRule& failures) {
  if (failures.accepts(exit_code)) return {};
  const std::string cause =
      signaled ? "The process has been terminated by a signal"
               : fmt::format("Command terminated with non-zero exit code {}", exit_code);
  return fail(ErrorKind::failed,
              fmt::format("{} in {}. Use the '-i'/'--ignore-failure' option if you want to ignore "
                          "this. Alternatively, use the '--show-output' option to debug what went "
                          "wrong.",
                          cause, iteration.description()));
}

Result<> MockExecutor::calibrate(const Progress&) {
  if (!shell_) return {};
  BYTEPATH_TRY(seconds, sleep_seconds(*shell_));
  overhead_ = seconds;
  return {};
}

Result<Run> MockExecutor::execute(const std::string& command_line, Iteration, const FailureRule&,
                                  const OutputPolicy&) {
  BYTEPATH_TRY(seconds, sleep_seconds(command_line));
  const Run run{.start = now_, .wall = seconds};
  now_ += seconds + overhead_;
  return run;
}

}  // namespace bytepath::benchmark
