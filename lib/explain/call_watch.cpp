#include "explain/call_watch.h"

#include "explain/difference.h"

namespace bytepath::explain {

Result<CallWatch> CallWatch::open(pid_t helper) {
  const trace::TracedTree tree{.process = helper, .without_itself = true};
  BYTEPATH_TRY(tracer, trace::SyscallTracer::open(tree));
  CallWatch watch(std::move(tracer));
  auto census = trace::CopyCensusTracer::open({.tree = tree});
  if (census) {
    watch.census_ = std::move(*census);
  } else {
    watch.missing_census_ = census.error();
  }
  return watch;
}

Result<> CallWatch::watch(const std::string& command, const std::function<Result<>()>& run) {
  tracer_.reset();
  if (census_) census_->reset();
  if (auto ran = run(); !ran) return ran;
  CommandCalls& calls = commands_[command];
  ++calls.runs;
  trace::add_totals(calls.totals, tracer_.totals());
  trace::add_losses(calls.losses, tracer_.losses());
  if (!census_) return {};
  const auto copies = census_->census();
  calls.copied_bytes += copies.bytes();
  calls.slow_copied_bytes += copies.bytes_between(first_slow_distance, last_slow_distance);
  return {};
}

}  // namespace bytepath::explain
