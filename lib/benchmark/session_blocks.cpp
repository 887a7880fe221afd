#include <algorithm>
#include <cmath>

#include "benchmark/session_parts.h"
#include "stats/spread.h"

// All runs of one command, then all of the next: hyperfine's order and number of runs.
namespace bytepath::benchmark {
namespace {

// So many runs fill the minimum time, if all take as long as the first.
std::uint64_t count_runs(const Plan& plan, double seconds_of_first) {
  const double fitting = std::floor(plan.min_time / seconds_of_first);
  // A pretended command may take no time at all.
  const bool countable = fitting > 0 && fitting < 1e9;
  const auto wanted =
      std::max(plan.min_runs, countable ? static_cast<std::uint64_t>(fitting) : std::uint64_t{0});
  return plan.max_runs ? std::min(wanted, *plan.max_runs) : wanted;
}

class Block {
 public:
  Block(const Plan& plan, Executor& executor, const Progress& progress, std::size_t index)
      : plan_(plan),
        executor_(executor),
        progress_(progress),
        index_(index),
        runner_(plan, executor) {}

  // The runs go to `result` as they come. False: interrupted.
  Result<bool> run(BenchmarkResult& result) {
    if (auto done = runner_.setup(index_); !done) return std::unexpected(done.error());
    BYTEPATH_TRY(warm, warm_up());
    if (!warm) return false;
    if (!progress_(0, plan_.min_runs, "Initial time measurement")) return false;
    BYTEPATH_TRY(first, runner_.once(index_, {Iteration::Phase::benchmark, 0}));
    // A run that was cut short by Ctrl-C is none.
    if (interrupted_by_user(progress_)) return false;
    result.runs.push_back(first.run);
    sum_ = first.run.wall;
    const std::uint64_t count =
        count_runs(plan_, first.run.wall + executor_.overhead() + first.around);
    return remaining(result, count);
  }

 private:
  Result<bool> warm_up() {
    const std::uint64_t count = plan_.warmup.value_or(0);
    for (std::uint64_t i = 0; i < count; ++i) {
      if (!progress_(i, count, "Performing warmup runs")) return false;
      auto run = runner_.once(index_, {Iteration::Phase::warmup, i});
      if (!run) return std::unexpected(run.error());
    }
    return true;
  }

  Result<bool> remaining(BenchmarkResult& result, std::uint64_t count) {
    for (std::uint64_t i = 1; i < count; ++i) {
      const double estimate = sum_ / static_cast<double>(i);
      if (!progress_(i, count,
                     fmt::format("Current estimate: {}", format_time(estimate, plan_.unit)))) {
        return false;
      }
      BYTEPATH_TRY(run, runner_.once(index_, {Iteration::Phase::benchmark, i}));
      if (interrupted_by_user(progress_)) return false;
      result.runs.push_back(run.run);
      sum_ += run.run.wall;
    }
    return true;
  }

  const Plan& plan_;
  Executor& executor_;
  const Progress& progress_;
  std::size_t index_;
  CommandRunner runner_;
  double sum_ = 0;
};

}  // namespace

void run_blocks(const Plan& plan, Executor& executor, Observer& observer, const Progress& progress,
                Session& session) {
  for (std::size_t i = 0; i < plan.commands.size() && !session.interrupted; ++i) {
    auto result = empty_result(plan, i);
    observer.begins(result);
    const auto completed = Block(plan, executor, progress, i).run(result);
    session.interrupted = completed ? !*completed : interrupted_by_user(progress);
    if (!completed && !session.interrupted) session.error = completed.error();
    const bool measured = !result.runs.empty();
    if (measured) {
      session.results.push_back(std::move(result));
      session.cold.push_back(false);
    }
    // A failed command's runs are kept for the report, but it has not finished.
    if (session.error) break;
    if (measured) {
      if (auto done = observer.finished(session.results); !done) session.error = done.error();
    }
    if (auto done = CommandRunner(plan, executor).cleanup(i); !done && !session.error) {
      session.error = done.error();
    }
    if (session.error) break;
  }
}

}  // namespace bytepath::benchmark
