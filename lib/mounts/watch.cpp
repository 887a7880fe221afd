#include "mounts/watch.h"

#include <algorithm>
#include <thread>

#include "mounts/trace_builder.h"
#include "mounts/tracing.h"

namespace bytepath::mounts {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto drain_interval = 5ms;

void clear_records(MountTrace& trace) {
  trace.requests.clear();
  trace.accesses.clear();
  trace.stalls.clear();
  trace.transfers.clear();
  trace.heat.clear();
  trace.files.clear();
  trace.http.clear();
  trace.processes.clear();
}

}  // namespace

Result<> watch(const WatchOptions& options, const WatchSink& sink, const Progress& progress) {
  BYTEPATH_TRY(whole_stack, find_stack(options.what.mount, {}));
  const MountStack stack = watched_part(whole_stack);
  BYTEPATH_TRY(tracer, trace::MountTracer::start(tracer_options(options.what, stack)));
  MountTrace trace;
  trace.mounts = mounts_of(stack);
  for (const auto& part : tracer->missing())
    trace.missing.push_back({.what = part.what, .reason = part.reason, .remedy = part.remedy});
  TraceBuilder builder(trace, name_of_process);
  ask_daemons(stack);
  tracer->drain(builder);
  clear_records(trace);
  tracer->clear_heat();
  trace.begin_ns = now_ns();
  auto next = Clock::now() + options.interval;
  for (std::uint64_t round = 0; options.rounds == 0 || round < options.rounds; ++round) {
    bool going_on = true;
    while (going_on && Clock::now() < next) {
      std::this_thread::sleep_for(
          std::min<std::chrono::nanoseconds>(drain_interval, next - Clock::now()));
      tracer->drain(builder);
      going_on = progress(round, options.rounds, "watching");
    }
    tracer->drain(builder);
    tracer->read_heat(
        [&](const bytepath_heat_key& key, const bytepath_heat& heat) { builder.add(key, heat); });
    tracer->clear_heat();
    trace.end_ns = now_ns();
    trace.losses = losses_of(tracer->losses());
    sink(trace);
    clear_records(trace);
    trace.begin_ns = trace.end_ns;
    if (!going_on || !is_mounted(stack.front().entry)) break;
    next += options.interval;
  }
  return {};
}

}  // namespace bytepath::mounts
