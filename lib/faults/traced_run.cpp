#include "faults/traced_run.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "faults/evictions.h"
#include "faults/fault_ledger.h"
#include "faults/page_recorder.h"
#include "faults/process_looks.h"
#include "faults/run_document.h"
#include "faults/touch_document.h"
#include "faults/trace_file.h"
#include "pages/page_cache.h"
#include "process/process_handle.h"

namespace bytepath::faults {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds drain_interval{5};

// The ledger and, where it is asked for, the trace file before it.
struct Account {
  FaultLedger ledger;
  std::unique_ptr<TraceFile> trace;

  Account(WatchedFiles& watched, bool knows_causes) : ledger(watched, knows_causes) {}
  trace::FaultSink& sink() {
    if (trace) return *trace;
    return ledger;
  }
};

Result<std::unique_ptr<Account>> open_account(WatchedFiles& watched, bool knows_causes,
                                              const TraceOptions& options) {
  auto account = std::make_unique<Account>(watched, knows_causes);
  for (std::size_t i = 0; i < watched.files().size(); ++i) {
    // Where the kernel does not tell this user, faults on pages that were there are not told apart.
    if (auto cached = pages::cached_pages(watched.files()[i].path)) {
      account->ledger.record(i).cached_before = *cached;
      account->ledger.set_cached_before(i, *std::move(cached));
    }
  }
  if (!options.trace_file.empty()) {
    BYTEPATH_TRY(trace, TraceFile::create(options.trace_file, account->ledger));
    account->trace = std::move(trace);
  }
  return account;
}

// Passes all on and notes which processes there are.
class ProcessNoter final : public trace::FaultSink {
 public:
  ProcessNoter(trace::FaultSink& next, ProcessLooks& looks) : next_(next), looks_(looks) {}
  void fault(const bytepath_fault& fault, const trace::Mapping* mapping) override {
    next_.fault(fault, mapping);
  }
  void pages_added(const bytepath_pages_added& added) override { next_.pages_added(added); }
  void call(const bytepath_call& call, const trace::Mapping* mapping) override {
    next_.call(call, mapping);
  }
  void mapping_changed(const trace::MappingChange& change) override {
    if (change.kind == trace::MappingChange::Kind::forked) looks_.add(change.process);
    next_.mapping_changed(change);
  }

 private:
  trace::FaultSink& next_;
  ProcessLooks& looks_;
};

void add_touched(FaultLedger& ledger, const std::vector<pages::FilePages>& touched) {
  for (std::size_t i = 0; i < ledger.records().size(); ++i) {
    take_touched(ledger.record(i), touched);
  }
}

// A page that was gone before anybody looked still had its fault.
void add_faulted(FaultLedger& ledger) {
  for (std::size_t i = 0; i < ledger.records().size(); ++i) {
    auto& mapped = ledger.record(i).mapped;
    if (mapped) mapped->insert(ledger.faulted(i));
  }
}

// What is common to both ways once the events are in.
TracedRun finish(Account& account, const Evictions& evictions, const TraceOptions& options,
                 RunFacts facts) {
  add_touched(account.ledger, options.touched);
  add_faulted(account.ledger);
  for (std::size_t i = 0; i < account.ledger.records().size(); ++i) {
    const auto& record = account.ledger.records()[i];
    const std::uint64_t evicted = record.mapped ? evictions.pages_of(i) : 0;
    if (evicted == 0) continue;
    facts.missing.push_back(
        {.what = fmt::format("all mapped pages of {}", record.file.path),
         .reason = fmt::format("{} of its pages were evicted from memory meanwhile", evicted),
         .remedy = "give it more memory"});
  }
  if (account.ledger.left_out() > 0) {
    facts.missing.push_back(
        {.what =
             fmt::format("{} events of files before they were mapped", account.ledger.left_out()),
         .reason = fmt::format("at most {} are kept until then", PendingEvents::most),
         .remedy = "name the file instead of a pattern: -m FILE"});
  }
  TracedRun run;
  if (account.trace) {
    if (account.trace->left_out() > 0) {
      facts.missing.push_back(
          {.what = fmt::format("{} events in the trace file", account.trace->left_out()),
           .reason = fmt::format("it holds {} at most", TraceFile::max_events),
           .remedy = "trace a shorter time (-p PID --duration)"});
    }
    if (auto written = account.trace->finish(); !written) run.error = written.error();
  }
  run.document = run_document(account.ledger, facts);
  for (const auto& record : account.ledger.records()) {
    if (record.was_mapped) ++run.mapped_files;
  }
  for (const auto& [key, totals] : account.ledger.calls()) {
    if (key.second == "read") run.read_by_calls += totals.bytes;
  }
  return run;
}

}  // namespace

Result<TracedRun> trace_command(WatchedFiles watched, const CommandLine& command,
                                const TraceOptions& options, const Progress& progress) {
  auto request = command.request();
  const Descriptor null(open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!null) return fail_errno(errno, "cannot open /dev/null");
  if (options.quiet_command) request.input = request.output = request.error = null.get();
  request.policy = options.policy;
  request.interrupted = [&] { return !progress(0, 0, "running the command"); };
  BYTEPATH_TRY(target, intercept::Command::start(request));
  BYTEPATH_TRY(choice, open_tracer(options.backend, {.process = target.pid(),
                                                     .calls = options.calls,
                                                     .ring_bytes = options.ring_bytes}));
  BYTEPATH_TRY(account, open_account(watched, choice.tracer->classifies(), options));
  const Evictions evictions(watched);
  PageRecorder recorder(watched);
  BYTEPATH_TRY(outcome,
               target.run(recorder, [&] { choice.tracer->drain(account->sink(), false); }));
  choice.tracer->drain(account->sink(), true);
  for (std::size_t i = 0; i < watched.files().size(); ++i) {
    const auto* mapped = recorder.pages_of(i);
    if (mapped == nullptr) continue;
    auto& record = account->ledger.record(i);
    record.was_mapped = record.was_mapped || recorder.mappings_of(i) > 0;
    record.mapped = *mapped;
  }
  RunFacts facts{.subject = command.text(),
                 .backend = choice.tracer->name(),
                 .knows_causes = choice.tracer->classifies(),
                 .wall_ns = static_cast<double>(outcome.ended_ns - outcome.started_ns),
                 .rusage_faults = outcome.minor_faults + outcome.major_faults,
                 .max_rss_bytes = outcome.max_rss_kib * 1024,
                 .exit_code = outcome.exit_code(),
                 .losses = choice.tracer->losses(),
                 .missing = choice.missing,
                 .interrupted = outcome.interrupted,
                 .all_files = watched.all()};
  for (const auto& flaw : recorder.flaws()) {
    facts.missing.push_back({.what = fmt::format("all mapped pages of {}", flaw.file),
                             .reason = flaw.why,
                             .remedy = ""});
  }
  TracedRun run = finish(*account, evictions, options, std::move(facts));
  run.signal = outcome.signal();
  run.flaws = recorder.flaws();
  return run;
}

Result<TracedRun> trace_process(WatchedFiles watched, pid_t process,
                                std::optional<std::chrono::nanoseconds> duration,
                                const TraceOptions& options, const Progress& progress) {
  BYTEPATH_TRY(handle, process::open_process(process));
  BYTEPATH_TRY(choice, open_tracer(options.backend, {.process = process,
                                                     .calls = options.calls,
                                                     .ring_bytes = options.ring_bytes}));
  BYTEPATH_TRY(account, open_account(watched, choice.tracer->classifies(), options));
  const Evictions evictions(watched);
  ProcessLooks looks(account->ledger, watched);
  looks.add(static_cast<std::uint32_t>(process));
  ProcessNoter sink(account->sink(), looks);
  const auto begin = Clock::now();
  bool interrupted = false;
  bool ended = false;
  while (!ended && !interrupted && !(duration && Clock::now() - begin >= *duration)) {
    pollfd wait{.fd = handle.get(), .events = POLLIN, .revents = 0};
    ended = poll(&wait, 1, static_cast<int>(drain_interval.count())) > 0;
    choice.tracer->drain(sink, false);
    looks.look_if_due();
    interrupted = !progress(0, 0, "tracing");
  }
  const auto wall = Clock::now() - begin;
  looks.look();
  choice.tracer->drain(sink, true);
  RunFacts facts{.subject = fmt::format("process {}", process),
                 .backend = choice.tracer->name(),
                 .knows_causes = choice.tracer->classifies(),
                 .wall_ns = std::chrono::duration<double, std::nano>(wall).count(),
                 .losses = choice.tracer->losses(),
                 .missing = choice.missing,
                 // Without a time limit Ctrl-C is how one ends it.
                 .interrupted = interrupted && duration.has_value(),
                 .all_files = watched.all()};
  facts.missing.push_back(
      {.what = "all mapped pages",
       .reason = "what a process maps and unmaps between two looks, a second apart, or before it "
                 "ends, is seen only where it faults",
       .remedy = "fault-probe run -- COMMAND looks before each of these"});
  facts.mapped_is_bound = false;
  return finish(*account, evictions, options, std::move(facts));
}

}  // namespace bytepath::faults
