#include "faults/heat.h"
#include "faults/heat_document.h"
#include "options.h"

namespace bytepath::fault_probe {

Result<result::Document> attach(const Options& options, const cli::Context& context) {
  if (options.process == 0) {
    return fail(ErrorKind::usage, "attach needs a process", "give --pid PID");
  }
  if (options.interval < std::chrono::milliseconds(1)) {
    return fail(ErrorKind::usage, "--interval: a window is at least 1 ms long", "give 1ms or more");
  }
  *context.ends_by_interrupt = options.rounds == 0;
  BYTEPATH_TRY(watched, faults::WatchedFiles::open(options.models, options.grid));
  const faults::HeatOptions heat{
      .process = static_cast<pid_t>(options.process),
      .interval = std::chrono::duration_cast<std::chrono::milliseconds>(options.interval),
      .rounds = options.rounds,
      .totals_only = options.totals_only};
  faults::HeatSummary summary;
  bool any_mapped = false;
  BYTEPATH_TRY(outcome,
               faults::sample_heat(
                   heat, watched,
                   [&](const faults::HeatWindow& window, const faults::WatchedFiles& files) {
                     summary.add(window, files.files());
                     any_mapped = any_mapped || !window.files.empty();
                   },
                   context.progress));
  if (outcome.windows == 0) {
    return fail(
        ErrorKind::unsupported,
        fmt::format("process {} ended, or the run was interrupted, before a window was over",
                    options.process),
        "a shorter --interval");
  }
  if (!any_mapped && !options.models.empty() && !context.cut_short()) {
    *context.late_error = Error{.kind = ErrorKind::unsupported,
                                .message = fmt::format("{} was not mapped by process {}",
                                                       options.models.front(), options.process),
                                .hint = fmt::format("see /proc/{}/maps", options.process)};
  }
  result::Document document;
  summary.write(outcome, document);
  document.parameters["subject"] = fmt::format("process {}", options.process);
  // Without a number of windows Ctrl-C is how one ends it.
  document.complete = outcome.end != faults::HeatEnd::interrupted || options.rounds == 0;
  return with_host(std::move(document));
}

}  // namespace bytepath::fault_probe
