#include "explain/run_watch.h"

namespace bytepath::explain {

Result<RunWatch> RunWatch::open(pid_t helper, const sampling::SamplerOptions& options) {
  BYTEPATH_TRY(sampler, sampling::Sampler::open(helper, options));
  return RunWatch(helper, std::move(sampler), options.rate);
}

void RunWatch::poll() {
  using What = sampling::Sampler::What;
  sampler_.drain(
      [this](What what, const sampling::Sample& sample, const trace::MappingTable& mappings) {
        if (sample.process == helper_) return;
        if (what == What::page_fault) {
          current_.add_faults(sample, mappings, sampling::fault_period);
          return;
        }
        current_.add(sample, mappings, 1.0 / static_cast<double>(rate_));
      });
}

void RunWatch::forget() {
  poll();
  current_ = {};
}

void RunWatch::keep(const std::string& command) {
  poll();
  WatchedCommand& watched = commands_[command];
  watched.profile.merge(current_);
  ++watched.runs;
  current_ = {};
}

Result<benchmark::Run> WatchedExecutor::execute(const std::string& command_line,
                                                benchmark::Iteration iteration,
                                                const benchmark::FailureRule& failures,
                                                const benchmark::OutputPolicy& output) {
  watch_.forget();
  auto run = inner_.execute(command_line, iteration, failures, output);
  if (run && iteration.phase == benchmark::Iteration::Phase::benchmark) watch_.keep(command_line);
  return run;
}

}  // namespace bytepath::explain
