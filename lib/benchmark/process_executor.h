#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/descriptor.h"
#include "benchmark/executor.h"
#include "benchmark/number_capture.h"
#include "counters/counter_set.h"
#include "process/spawn.h"
#include "stats/random.h"

namespace bytepath::benchmark {

// Really runs the commands, through a shell or directly, each a child of the spawn helper.
class ProcessExecutor final : public Executor {
 public:
  // `interrupted`: see process::SpawnHelper. The plan must outlive the executor. Errors: the helper
  // cannot be started, the CPU or control group is not ours, or (unsupported, denied) a counter is
  // not available and the plan requires them.
  static Result<std::unique_ptr<ProcessExecutor>> create(const Plan& plan,
                                                         std::function<bool()> interrupted);

  Result<> calibrate(const Progress& progress) override;
  Result<Run> execute(const std::string& command_line, Iteration iteration,
                      const FailureRule& failures, const OutputPolicy& output) override;
  double overhead() const override { return shell_start_.wall; }
  double now() const override;

  // Whose children the commands are.
  pid_t helper() const { return helper_.pid(); }
  std::span<const counters::Counter> counters() const { return counters_->counters(); }
  // The smallest share of the time that each counter really counted in a run; 1: never multiplexed.
  std::span<const double> counter_shares() const { return counter_shares_; }
  // Seconds from starting an empty program to its end, median; NaN where that failed.
  double spawn_floor() const { return spawn_floor_; }
  // Whose rights the commands run with instead of ours.
  const std::optional<process::Credentials>& credentials() const { return credentials_; }
  // Bytes of output that --metric stdout: did not look at, because a run printed too many.
  std::uint64_t output_dropped() const { return output_dropped_; }

 private:
  struct Streams {
    Descriptor output;   // the command's end
    Descriptor reading;  // ours, of a pipe
  };

  ProcessExecutor(const Plan& plan, process::SpawnHelper helper);
  Result<> open_cgroup();
  Result<> open_counters();
  Result<process::SpawnRequest> request_for(const std::string& command_line) const;
  void set_environment(process::SpawnRequest& request, Iteration iteration);
  Error stream_error(int error, const std::string& path) const;
  Result<Descriptor> open_input() const;
  Result<Streams> open_output(const OutputPolicy& policy) const;
  void connect(process::SpawnRequest& request, const Streams& streams, const OutputPolicy& policy,
               std::string& printed);
  Run run_of(const process::SpawnOutcome& outcome) const;
  void read_counters(Run& run);
  void measure_spawn_floor();

  const Plan& plan_;
  process::SpawnHelper helper_;
  std::optional<process::Credentials> credentials_;
  std::optional<counters::CounterSet> counters_;
  std::vector<double> counter_shares_;
  std::vector<std::string> environment_;
  Descriptor null_;
  Descriptor cgroup_;
  std::optional<NumberCapture> number_;
  stats::Random random_;
  std::uint64_t began_ns_ = 0;
  std::uint64_t output_dropped_ = 0;
  Run shell_start_;  // subtracted from each run
  double spawn_floor_;
};

}  // namespace bytepath::benchmark
