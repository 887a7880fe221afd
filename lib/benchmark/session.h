#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "benchmark/executor.h"
#include "benchmark/plan.h"
#include "benchmark/run.h"
#include "stats/comparison.h"

namespace bytepath::benchmark {

// All that a session measured, also when it was cut short.
struct Session {
  std::vector<BenchmarkResult> results;  // in the order of the plan's commands
  // --aa: the baseline once more, as if it were another command; its samples stand in the same
  // rounds.
  std::optional<BenchmarkResult> again;
  std::vector<bool> cold;  // of each command: it still read from a disk when the warm-up ended
  stats::Stopping stopping = stats::Stopping::fixed;
  bool interrupted = false;
  std::optional<Error> error;  // why it ended early; the results are what was measured until then
};

// What a session tells while it runs. A benchmark is finished when it will get no more runs; all
// finish at the end where the order is not blocked.
class Observer {
 public:
  Observer() = default;
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;
  virtual ~Observer() = default;
  virtual void begins(const BenchmarkResult& benchmark) = 0;
  // `results` are all that have finished so far, this one last. An error ends the session.
  virtual Result<> finished(const std::vector<BenchmarkResult>& results) = 0;
};

// Runs the plan. Setup, prepare, conclude and cleanup run as hyperfine runs them: setup and cleanup
// once for each command, around all its runs; prepare and conclude around each run. In rounds, all
// setups come first and all cleanups last. `progress` returning false ends the session after the
// current run; cleanup still runs then, and not after a failure, as in hyperfine.
Session run_session(const Plan& plan, Executor& executor, Observer& observer,
                    const Progress& progress);

// The value of a run that is compared: one of run_metrics() (metric.h), one of the plan's counters,
// or "stdout:...". NaN for one that there is not.
double value_of(const Run& run, const Plan& plan, std::string_view metric);
// Is there such a metric? An error (usage) names those there are.
Result<> check_metric(const Plan& plan);

}  // namespace bytepath::benchmark
