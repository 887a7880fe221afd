#include "faults/traced_run.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "base/file.h"
#include "faults/fault_ledger.h"
#include "faults/page_recorder.h"
#include "faults/process_handle.h"
#include "faults/run_document.h"
#include "faults/touch_document.h"
#include "faults/trace_file.h"
#include "pages/page_cache.h"
#include "pages/process_pages.h"

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
      account->ledger.set_cached_before(i, *std::move(cached));
    }
  }
  if (!options.trace_file.empty()) {
    BYTEPATH_TRY(trace, TraceFile::create(options.trace_file, account->ledger));
    account->trace = std::move(trace);
  }
  return account;
}

void add_touched(FaultLedger& ledger, const std::vector<pages::FilePages>& touched) {
  for (std::size_t i = 0; i < ledger.records().size(); ++i) {
    take_touched(ledger.record(i), touched);
  }
}

// What is common to both ways once the events are in.
TracedRun finish(Account& account, const TraceOptions& options, RunFacts facts) {
  add_touched(account.ledger, options.touched);
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

// The page tables of a process that goes on running, for the pages it has mapped at the end.
void look_at_process(FaultLedger& ledger, WatchedFiles& watched, pid_t process) {
  const auto maps = read_file(fmt::format("/proc/{}/maps", process));
  auto table = pages::PageTable::open(process);
  if (!maps || !table) return;
  trace::MappingTable mappings;
  const auto id = static_cast<std::uint32_t>(process);
  mappings.add_process(id, *maps);
  const auto* space = mappings.of_process(id);
  if (space == nullptr) return;
  for (const auto& [start, mapping] : *space) {
    const std::size_t index = watched.find(mapping.file, mapping.path, id);
    if (index == WatchedFiles::none) continue;
    auto& record = ledger.record(index);
    record.was_mapped = true;
    if (!record.mapped) record.mapped.emplace(pages::pages_of(record.file.size));
    const std::uint64_t first_page = mapping.file_offset / pages::page_bytes;
    // A process that ends meanwhile leaves what was seen until then.
    (void)table->mapped(mapping.start, mapping.end, [&](std::uint64_t first, std::uint64_t count) {
      record.mapped->insert(first_page + first, count);
    });
  }
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
  TracedRun run = finish(*account, options, std::move(facts));
  run.signal = outcome.signal();
  return run;
}

Result<TracedRun> trace_process(WatchedFiles watched, pid_t process,
                                std::optional<std::chrono::nanoseconds> duration,
                                const TraceOptions& options, const Progress& progress) {
  BYTEPATH_TRY(handle, open_process(process));
  BYTEPATH_TRY(choice, open_tracer(options.backend, {.process = process,
                                                     .calls = options.calls,
                                                     .ring_bytes = options.ring_bytes}));
  BYTEPATH_TRY(account, open_account(watched, choice.tracer->classifies(), options));
  const auto begin = Clock::now();
  bool interrupted = false;
  bool ended = false;
  while (!ended && !interrupted && !(duration && Clock::now() - begin >= *duration)) {
    pollfd wait{.fd = handle.get(), .events = POLLIN, .revents = 0};
    ended = poll(&wait, 1, static_cast<int>(drain_interval.count())) > 0;
    choice.tracer->drain(account->sink(), false);
    interrupted = !progress(0, 0, "tracing");
  }
  const auto wall = Clock::now() - begin;
  if (!ended) look_at_process(account->ledger, watched, process);
  choice.tracer->drain(account->sink(), true);
  RunFacts facts{.subject = fmt::format("process {}", process),
                 .backend = choice.tracer->name(),
                 .knows_causes = choice.tracer->classifies(),
                 .wall_ns = std::chrono::duration<double, std::nano>(wall).count(),
                 .losses = choice.tracer->losses(),
                 .missing = choice.missing,
                 // Without a time limit Ctrl-C is how one ends it.
                 .interrupted = interrupted && duration.has_value(),
                 .all_files = watched.all()};
  if (ended) {
    facts.missing.push_back({.what = "mapped pages",
                             .reason = "the process ended before its page table was read",
                             .remedy = "end before it does: --duration"});
  }
  return finish(*account, options, std::move(facts));
}

}  // namespace bytepath::faults
