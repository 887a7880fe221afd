#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "benchmark/plan.h"
#include "benchmark/run.h"

namespace bytepath::benchmark {

// Which run of a command this is: told to the command in its environment and named in errors.
struct Iteration {
  // other: setup, prepare, conclude; cleanup runs to its end also when the user has interrupted.
  enum class Phase { other, cleanup, warmup, benchmark };
  Phase phase = Phase::other;
  std::size_t index = 0;

  // "warmup-3", "12", or empty for a run that is none: the value of HYPERFINE_ITERATION.
  std::string environment_value() const;
  // "the first benchmark run", "warmup iteration 3".
  std::string description() const;
};

// Runs command lines and times them. What is measured, and whether anything is run at all, is up to
// the executor; order, repetition and statistics are not its business.
class Executor {
 public:
  Executor() = default;
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;
  virtual ~Executor() = default;

  // Once before anything is measured: what a shell takes to start, what starting takes at least.
  virtual Result<> calibrate(const Progress& progress) = 0;

  // Error (failed), in hyperfine's words: the command cannot be run, or ended with an exit code
  // that `failures` does not accept.
  virtual Result<Run> execute(const std::string& command_line, Iteration iteration,
                              const FailureRule& failures, const OutputPolicy& output) = 0;

  // Seconds that each run takes on top of the reported time, for planning the number of runs.
  virtual double overhead() const = 0;

  // Seconds since the session began.
  virtual double now() const = 0;
};

// --debug-mode: starts nothing; "sleep X" takes exactly X seconds of a clock that stands still
// otherwise. Error (failed): any other command.
class MockExecutor final : public Executor {
 public:
  explicit MockExecutor(std::optional<std::string> shell) : shell_(std::move(shell)) {}
  Result<> calibrate(const Progress& progress) override;
  Result<Run> execute(const std::string& command_line, Iteration iteration,
                      const FailureRule& failures, const OutputPolicy& output) override;
  double overhead() const override { return overhead_; }
  double now() const override { return now_; }

 private:
  std::optional<std::string> shell_;
  double overhead_ = 0;
  double now_ = 0;
};

// Error (failed) with hyperfine's words when `exit_code` is not accepted.
Result<> check_exit(int exit_code, bool signaled, Iteration iteration, const FailureRule& failures);

}  // namespace bytepath::benchmark
