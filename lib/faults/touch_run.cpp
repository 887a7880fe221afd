#include "faults/touch_run.h"

#include <fcntl.h>

namespace bytepath::faults {

Result<TouchRun> touch_command(WatchedFiles watched, const CommandLine& command, bool quiet_command,
                               const Progress& progress) {
  auto request = command.request();
  const Descriptor null(open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!null) return fail_errno(errno, "cannot open /dev/null");
  if (quiet_command) request.input = request.output = request.error = null.get();
  request.policy = intercept::Policy::exact;
  request.interrupted = [&] { return !progress(0, 0, "running the command"); };
  BYTEPATH_TRY(target, intercept::Command::start(request));
  PageRecorder recorder(watched);
  BYTEPATH_TRY(outcome, target.run(recorder));
  TouchRun run{.facts = {.subject = command.text(), .outcome = outcome, .flaws = recorder.flaws()}};
  for (std::size_t i = 0; i < watched.files().size(); ++i) {
    if (recorder.mappings_of(i) == 0) continue;
    FileRecord& record = run.records.emplace_back(watched.files()[i]);
    record.was_mapped = true;
    record.touched = *recorder.pages_of(i);
  }
  return run;
}

}  // namespace bytepath::faults
