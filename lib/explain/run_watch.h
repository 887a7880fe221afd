#pragma once
#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/result.h"
#include "benchmark/executor.h"
#include "sampling/profile.h"
#include "sampling/sampler.h"

// Samples the runs of a session's commands, each run for its command.
namespace bytepath::explain {

struct WatchedCommand {
  sampling::Profile profile;
  std::uint64_t runs = 0;
};

class RunWatch {
 public:
  // helper: whose children the commands are; what it does itself is not counted. Errors: see
  // sampling::Sampler::open.
  static Result<RunWatch> open(pid_t helper, const sampling::SamplerOptions& options);

  // Takes what has come from the rings; to be called some times a second while a command runs.
  void poll();
  // What came since the last call belongs to nobody: preparations, warm-up.
  void forget();
  // What came since the last call is one run of that command.
  void keep(const std::string& command);

  const std::map<std::string, WatchedCommand>& commands() const { return commands_; }
  const sampling::Sampler& sampler() const { return sampler_; }
  unsigned rate() const { return rate_; }

 private:
  RunWatch(pid_t helper, sampling::Sampler sampler, unsigned rate)
      : helper_(static_cast<std::uint32_t>(helper)), sampler_(std::move(sampler)), rate_(rate) {}

  std::uint32_t helper_;
  sampling::Sampler sampler_;
  unsigned rate_;
  sampling::Profile current_;
  std::map<std::string, WatchedCommand> commands_;
};

// Runs commands as another executor does, under a watch.
class WatchedExecutor final : public benchmark::Executor {
 public:
  WatchedExecutor(benchmark::Executor& inner, RunWatch& watch) : inner_(inner), watch_(watch) {}

  Result<> calibrate(const Progress& progress) override { return inner_.calibrate(progress); }
  Result<benchmark::Run> execute(const std::string& command_line, benchmark::Iteration iteration,
                                 const benchmark::FailureRule& failures,
                                 const benchmark::OutputPolicy& output) override;
  double overhead() const override { return inner_.overhead(); }
  double now() const override { return inner_.now(); }

 private:
  benchmark::Executor& inner_;
  RunWatch& watch_;
};

}  // namespace bytepath::explain
