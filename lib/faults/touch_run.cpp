#include "faults/touch_run.h"

#include <fcntl.h>

#include "faults/evictions.h"
#include "faults/fault_ledger.h"
#include "faults/tracer_choice.h"

namespace bytepath::faults {
namespace {

// The kernel takes pages away from a process when memory is short, and a program may have it do so.
// A page that was gone before anybody looked still had its fault.
class TakenAway {
 public:
  TakenAway(const TracerChoice& choice, const FaultLedger& ledger, const Evictions& evictions)
      : choice_(choice), ledger_(ledger), evictions_(evictions) {}

  // Why `seen`, what was found in page tables, and what had faulted may not be all that was
  // touched; empty: they are.
  std::string doubt(std::size_t index, const pages::PageSet& seen) const {
    if (!choice_.tracer) {
      const std::uint64_t evicted = evictions_.pages_of(index);
      return evicted == 0 ? std::string()
                          : fmt::format(
                                "{} pages of it were evicted from memory meanwhile, some "
                                "perhaps touched, and faults could not be traced",
                                evicted);
    }
    pages::PageSet all = seen;
    const std::uint64_t gone = all.insert(ledger_.faulted(index));
    const auto losses = choice_.tracer->losses();
    if (gone == 0 && (!losses.events() || evictions_.pages_of(index) == 0)) return {};
    if (losses.events()) return "pages were taken away from the process, and faults were lost";
    if (choice_.tracer->sees_user_faults_only()) {
      return "pages were taken away from the process, and faults of system calls, which this user "
             "may not trace, are missing";
    }
    return {};
  }

 private:
  const TracerChoice& choice_;
  const FaultLedger& ledger_;
  const Evictions& evictions_;
};

}  // namespace

Result<TouchRun> touch_command(WatchedFiles watched, const CommandLine& command, bool quiet_command,
                               const Progress& progress) {
  auto request = command.request();
  const Descriptor null(open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!null) return fail_errno(errno, "cannot open /dev/null");
  if (quiet_command) request.input = request.output = request.error = null.get();
  request.policy = intercept::Policy::exact;
  request.interrupted = [&] { return !progress(0, 0, "running the command"); };
  BYTEPATH_TRY(target, intercept::Command::start(request));
  // By perf events: BPF takes longer to load and tells nothing more of which pages.
  TracerChoice choice;
  if (auto opened = open_tracer(Backend::perf,
                                {.process = target.pid(), .calls = false, .page_cache = false})) {
    choice = *std::move(opened);
  }
  const Evictions evictions(watched);
  FaultLedger ledger(watched, false);
  PageRecorder recorder(watched);
  BYTEPATH_TRY(outcome, target.run(recorder, [&] {
    if (choice.tracer) choice.tracer->drain(ledger, false);
  }));
  if (choice.tracer) choice.tracer->drain(ledger, true);
  TouchRun run{.facts = {.subject = command.text(), .outcome = outcome, .flaws = recorder.flaws()}};
  if (choice.tracer) run.facts.curve = ledger.curve().steps();
  const TakenAway taken_away(choice, ledger, evictions);
  for (std::size_t i = 0; i < watched.files().size(); ++i) {
    if (recorder.mappings_of(i) == 0) continue;
    FileRecord& record = run.records.emplace_back(watched.files()[i]);
    record.was_mapped = true;
    record.touched = *recorder.pages_of(i);
    if (auto doubt = taken_away.doubt(i, *record.touched); !doubt.empty()) {
      run.facts.flaws.push_back({.file = record.file.path, .why = std::move(doubt), .count = 1});
    }
    if (choice.tracer) record.touched->insert(ledger.faulted(i));
  }
  return run;
}

}  // namespace bytepath::faults
