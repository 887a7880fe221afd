// run-probe: which command is faster, by how much, and why; a drop-in for hyperfine that can also
// compare.
#include <filesystem>
#include <memory>

#include "base/file.h"
#include "benchmark/process_executor.h"
#include "benchmark/session_document.h"
#include "describe/host_facts.h"
#include "host/pressure.h"
#include "live_report.h"
#include "options.h"
#include "profiling.h"

namespace bytepath {
namespace {

using benchmark::Execution;
using benchmark::Plan;

// What outlives the measuring: the text after it needs the session.
struct State {
  Plan plan;
  std::optional<benchmark::ExportFiles> exports;
  std::unique_ptr<run_probe::LiveReport> live;
  benchmark::Session session;
};

result::Document counter_list() {
  result::Document document;
  result::Table table{.name = "events",
                      .title = "Events for --counters",
                      .columns = {{"name", ""}, {"kind", ""}, {"description", ""}}};
  for (const auto& event : counters::known_events()) {
    table.rows.push_back({event.name, event.kind, event.description});
  }
  document.tables.push_back(std::move(table));
  return document;
}

// Share of the time in which something on this host waited for a CPU while we measured.
class PressureWatch {
 public:
  std::optional<double> share(double seconds) const {
    const auto now = host::read_cpu_pressure(Root{});
    if (!before_ || !now || *now < *before_ || !(seconds > 0)) return std::nullopt;
    constexpr double us_per_second = 1e6;
    return static_cast<double>(*now - *before_) / us_per_second / seconds;
  }

 private:
  std::optional<std::uint64_t> before_ = host::read_cpu_pressure(Root{});
};

// measured: what runs the commands, which may be `processes` under a watch.
result::Document measure(State& state, benchmark::Executor& measured,
                         const benchmark::ProcessExecutor* processes, const Progress& progress) {
  const PressureWatch pressure;
  state.session = run_session(state.plan, measured, *state.live, progress);
  std::error_code ignored;
  benchmark::SessionFacts facts{
      .governor = read_line_or("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", ""),
      .directory = std::filesystem::current_path(ignored).string()};
  if (processes != nullptr) {
    facts.counters = processes->counters();
    facts.counter_shares = processes->counter_shares();
    facts.spawn_floor = processes->spawn_floor();
    facts.shell_start = processes->overhead();
    facts.output_dropped = processes->output_dropped();
    facts.cpu_pressure = pressure.share(measured.now());
  }
  auto document = to_document(state.plan, state.session, facts);
  describe::add_host(document, describe::read_host(document));
  return document;
}

Result<result::Document> run_processes(const run_probe::ProfilingOptions& wanted,
                                       const cli::Context& context, const Progress& progress,
                                       State& state) {
  std::optional<run_probe::Profiling> profiling;
  BYTEPATH_TRY(processes, benchmark::ProcessExecutor::create(state.plan, [&] {
                 if (profiling) profiling->poll();
                 return !context.progress(0, 0, "");
               }));
  if (processes->credentials()) {
    context.console->complain(fmt::format(
        "Note: the commands run as user {}, who called sudo; --as-root keeps root's rights\n",
        processes->credentials()->user));
  }
  BYTEPATH_TRY(started, run_probe::Profiling::start(wanted, processes->helper()));
  profiling = std::move(started);
  auto document = measure(state, profiling->executor(*processes), processes.get(), progress);
  *context.late_error = state.session.error;
  if (!wanted.wanted()) return document;
  auto finished =
      profiling->finish(state.plan, state.session, *processes, document, *context.console);
  if (!finished) *context.late_error = finished.error();
  return document;
}

Result<result::Document> run(const run_probe::Options& options, const cli::Context& context,
                             State& state) {
  if (options.raw.counters == "list") {
    return counter_list();
  }
  if (options.raw.commands.commands.empty()) {
    return fail(ErrorKind::usage, "there is no command to measure", "see run-probe --help");
  }
  BYTEPATH_TRY(plan, make_plan(options.resolved()));
  state.plan = std::move(plan);
  BYTEPATH_TRY(exports, benchmark::ExportFiles::create(options.exports()));
  state.exports = std::move(exports);
  bool inherits = false;
  for (const auto& output : state.plan.outputs) {
    inherits = inherits || output.kind == benchmark::OutputPolicy::Kind::inherit;
  }
  const auto look = run_probe::look_of(options.style, inherits);
  state.live =
      std::make_unique<run_probe::LiveReport>(state.plan, *state.exports, look, *context.console);
  // A progress without a total draws nothing, but still tells of Ctrl-C.
  const Progress quiet = [&](std::size_t, std::size_t, std::string_view) {
    return context.progress(0, 0, "");
  };
  const Progress& progress = look.progress ? context.progress : quiet;
  if (state.plan.execution.kind == Execution::Kind::mock) {
    if (options.profiling.wanted())
      return fail(ErrorKind::usage, "--debug-mode runs nothing that could be sampled or traced",
                  "leave it out, or --why, --hot, --syscalls and the files of stacks");
    benchmark::MockExecutor mock(state.plan.execution.mock_shell);
    auto document = measure(state, mock, nullptr, progress);
    *context.late_error = state.session.error;
    return document;
  }
  return run_processes(options.profiling, context, progress, state);
}

}  // namespace
}  // namespace bytepath

int main(int argc, char** argv) {
  using namespace bytepath;
  run_probe::Options options;
  State state;
  cli::Probe probe(
      {.name = "run-probe",
       .summary = "Which command is faster, by how much, and how sure is that.",
       .description =
           "Takes hyperfine's options and prints and exports what hyperfine does. With --compare "
           "it runs the commands interleaved and says how far they are apart, with an interval "
           "that holds on a noisy host too.",
       .examples = {{"run-probe 'sleep 0.1' 'sleep 0.2'", "as hyperfine"},
                    {"run-probe -N --compare ./old ./new", "in pairs: by how much is ./new slower"},
                    {"run-probe -N --precision 1% ./old ./new", "until that is known to 1 %"},
                    {"run-probe -N --aa ./program", "what this host's noise can hide"},
                    {"run-probe -N --why ./old ./new", "and what the difference is made of"},
                    {"run-probe -N --hot ./program", "its hot functions and instructions"},
                    {"run-probe -N --counters page-faults,instructions ./program",
                     "count events too"},
                    {"run-probe -N --pairs 60 --json run.json ./old ./new", "for probe-compare"}},
       .manner = cli::Manner::hyperfine,
       .statuses = {{"broken-instrument", cli::not_measurable}},
       .finish = [&](const result::Document& document, cli::Console& console) -> Result<> {
         if (state.live) return state.live->end(state.session, document);
         console.print(report::render_text(document, console.target()));
         return {};
       }});
  run_probe::add_options(
      probe.main([&](const cli::Context& context) { return run(options, context, state); }),
      options);
  return probe.execute(argc, argv);
}
