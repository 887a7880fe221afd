#include "benchmark/session.h"

#include <algorithm>

#include "benchmark/session_parts.h"

namespace bytepath::benchmark {
namespace {

using Phase = Iteration::Phase;

}  // namespace

Result<std::optional<Run>> CommandRunner::around(const std::string* command, const char* name,
                                                 std::size_t index, Iteration::Phase phase) {
  if (command == nullptr) return std::nullopt;
  const auto line = plan_.commands[index].replace_parameters(*command);
  auto run = executor_.execute(line, {.phase = phase}, {}, plan_.outputs[index]);
  if (run) return std::optional<Run>(*std::move(run));
  return fail(ErrorKind::failed,
              fmt::format("The {} command terminated with a non-zero exit code. Append ' || true' "
                          "to the command if you are sure that this can be ignored.",
                          name));
}

Result<TimedRun> CommandRunner::once(std::size_t index, Iteration iteration) {
  BYTEPATH_TRY(prepared, around(plan_.prepare_of(index), "preparation", index, Phase::other));
  BYTEPATH_TRY(run, executor_.execute(plan_.commands[index].command_line(), iteration,
                                      plan_.failures, plan_.outputs[index]));
  BYTEPATH_TRY(concluded, around(plan_.conclude_of(index), "conclusion", index, Phase::other));
  const double overhead = executor_.overhead();
  return TimedRun{.run = run,
                  .around = (prepared ? prepared->wall + overhead : 0) +
                            (concluded ? concluded->wall + overhead : 0)};
}

Result<> CommandRunner::setup(std::size_t index) {
  auto ran = around(plan_.setup ? &*plan_.setup : nullptr, "setup", index, Phase::other);
  if (!ran) return std::unexpected(ran.error());
  return {};
}

Result<> CommandRunner::cleanup(std::size_t index) {
  auto ran = around(plan_.cleanup ? &*plan_.cleanup : nullptr, "cleanup", index, Phase::cleanup);
  if (!ran) return std::unexpected(ran.error());
  return {};
}

bool interrupted_by_user(const Progress& progress) { return !progress(0, 0, ""); }

BenchmarkResult empty_result(const Plan& plan, std::size_t index) {
  return {.number = index + 1, .command = plan.commands[index]};
}

Session run_session(const Plan& plan, Executor& executor, Observer& observer,
                    const Progress& progress) {
  Session session;
  if (auto calibrated = executor.calibrate(progress); !calibrated) {
    session.interrupted = interrupted_by_user(progress);
    if (!session.interrupted) session.error = calibrated.error();
    return session;
  }
  if (plan.order == Order::blocked) {
    run_blocks(plan, executor, observer, progress, session);
  } else {
    run_rounds(plan, executor, observer, progress, session);
  }
  return session;
}

}  // namespace bytepath::benchmark
