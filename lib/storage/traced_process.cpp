#include "storage/traced_process.h"

#include <memory>
#include <utility>

#include "process/foreground.h"
#include "process/process_handle.h"

namespace bytepath::storage {
namespace {

Result<TracedProcess> trace_command(const TraceOptions& options, const Progress& progress) {
  BYTEPATH_TRY(path, process::find_program(options.command.front()));
  TracedProcess traced;
  BYTEPATH_TRY(helper, process::SpawnHelper::start([&] {
                 if (!progress(0, 0, "tracing the command")) traced.interrupted = true;
                 return traced.interrupted;
               }));
  BYTEPATH_TRY(
      tracer, trace::ProcessAccessTracer::start({.process = helper.pid(), .without_itself = true}));
  BYTEPATH_TRY(outcome, process::run_in_foreground(
                            {.words = options.command,
                             .credentials = options.credentials ? &*options.credentials : nullptr,
                             .quiet = options.quiet_command},
                            path, helper));
  traced.accesses = tracer->read();
  traced.missing = tracer->missing();
  traced.wall_ns = static_cast<double>(outcome.ended_ns - outcome.started_ns);
  traced.outcome = outcome;
  return traced;
}

Result<TracedProcess> trace_running(const TraceOptions& options, const Progress& progress) {
  BYTEPATH_TRY(handle, process::open_process(options.process));
  TracedProcess traced;
  BYTEPATH_TRY(tracer, trace::ProcessAccessTracer::start({.process = options.process}));
  const auto attended = process::attend(handle, options.duration, progress, "tracing");
  traced.wall_ns = attended.wall_ns;
  // Without a duration that is how the run ends.
  traced.interrupted = attended.asked_to_stop && options.duration.has_value();
  traced.accesses = tracer->read();
  traced.missing = tracer->missing();
  return traced;
}

}  // namespace

Result<TracedProcess> trace_process(const TraceOptions& options, const Progress& progress) {
  return options.command.empty() ? trace_running(options, progress)
                                 : trace_command(options, progress);
}

}  // namespace bytepath::storage
