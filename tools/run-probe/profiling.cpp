#include "profiling.h"

#include <algorithm>

#include "base/file.h"
#include "copy/micro_test.h"
#include "explain/call_watch.h"
#include "explain/difference.h"
#include "explain/hot_document.h"
#include "explain/why_document.h"
#include "result/comparison_rows.h"
#include "result/document_parts.h"
#include "sampling/stack_export.h"
#include "syscalls/document.h"

namespace bytepath::run_probe {
namespace {

using benchmark::BenchmarkResult;
using explain::HotCommand;
using explain::RunCost;

std::string name_of(const BenchmarkResult& result) {
  return result.command.name_with_unused_parameters();
}

double mean(const std::vector<benchmark::Run>& runs, double (*value)(const benchmark::Run&)) {
  double sum = 0;
  for (const auto& run : runs) sum += value(run);
  return sum / static_cast<double>(std::max<std::size_t>(runs.size(), 1));
}

std::vector<explain::SystemCallCost> calls_of(const explain::CommandCalls& calls) {
  constexpr double ns = 1e-9;
  const auto runs = static_cast<double>(std::max<std::uint64_t>(calls.runs, 1));
  std::vector<explain::SystemCallCost> costs;
  costs.reserve(calls.totals.size());
  for (const auto& total : calls.totals) {
    costs.push_back({.name = total.name,
                     .calls = static_cast<double>(total.calls) / runs,
                     .seconds = static_cast<double>(total.total_ns) * ns / runs});
  }
  return costs;
}

// Whether the measuring found this command to differ: only then there is something to explain.
bool differs(const result::Document& document, const std::string& command) {
  return std::ranges::any_of(result::comparison_rows(document), [&](const auto& row) {
    return row.benchmark == command &&
           (row.verdict == "regression" || row.verdict == "improvement");
  });
}

// A run that no statistics counts, prepared as the others were.
Result<> run_once(const benchmark::Plan& plan, std::size_t index,
                  benchmark::ProcessExecutor& processes, explain::CallWatch& watch) {
  const auto& command = plan.commands[index];
  const auto aside = [&](const std::string* text) -> Result<> {
    if (text == nullptr) return {};
    auto ran = processes.execute(command.replace_parameters(*text), {}, {}, plan.outputs[index]);
    if (!ran) return std::unexpected(ran.error());
    return {};
  };
  if (auto prepared = aside(plan.prepare_of(index)); !prepared) return prepared;
  const std::string line = command.command_line();
  auto watched = watch.watch(line, [&]() -> Result<> {
    auto ran = processes.execute(line, {}, plan.failures, plan.outputs[index]);
    if (!ran) return std::unexpected(ran.error());
    return {};
  });
  if (!watched) return watched;
  return aside(plan.conclude_of(index));
}

void add_refusal(result::Document& document, std::string what, const Error& error) {
  document.not_measured.push_back(
      {.what = std::move(what), .reason = error.message, .remedy = error.hint});
}

}  // namespace

// All that is known of each command, in the order of the session's results.
struct Profiling::Found {
  std::vector<HotCommand> hot;
  std::vector<sampling::NamedProfile> profiles;
  std::vector<std::optional<explain::CommandCalls>> calls;
  std::vector<trace::MissingPart> missing;
  std::uint64_t samples = 0;

  RunCost cost_of(const BenchmarkResult& result, std::size_t i) const {
    RunCost cost{
        .command = hot[i].command, .runs = hot[i].runs, .hot = hot[i].hot, .system_calls = {}};
    const auto& runs = result.runs;
    using benchmark::Run;
    cost.wall = mean(runs, [](const Run& run) { return run.wall; });
    cost.cpu = mean(runs, [](const Run& run) { return run.user + run.system; });
    cost.page_faults =
        mean(runs, [](const Run& run) { return run.minor_faults + run.major_faults; });
    cost.blocked = mean(runs, [](const Run& run) { return run.voluntary_switches; });
    if (cost.hot.samples > 0 && cost.runs > 0)
      cost.sample_seconds =
          cost.hot.seconds / static_cast<double>(cost.hot.samples) / static_cast<double>(cost.runs);
    if (calls[i]) cost.system_calls = calls_of(*calls[i]);
    return cost;
  }
};

namespace {

void add_why(result::Document& document, std::vector<explain::Difference> differences) {
  if (differences.empty()) {
    document.not_measured.push_back({.what = "why one command is slower",
                                     .reason = "no command was found to be slower",
                                     .remedy = "give more --pairs, or a smaller --margin"});
    return;
  }
  explain::add_differences(document, differences);
  const bool blames_copy = std::ranges::any_of(differences, [](const auto& difference) {
    return difference.verdict && difference.verdict->cause == explain::Cause::copy_in_slow_class;
  });
  if (!blames_copy) return;
  // The second evidence: what this instruction costs here, whoever executes it.
  if (auto tested = copy::micro_test(document); !tested)
    add_refusal(document, "what rep movsb costs at slow offsets here", tested.error());
}

constexpr std::string_view standard_output_path = "-";

Result<> write_to(const std::string& path, const std::string& text, cli::Console& console) {
  if (path.empty()) return {};
  if (path != standard_output_path) return write_file(path, text);
  console.write(text);
  return {};
}

}  // namespace

Result<Profiling> Profiling::start(const ProfilingOptions& options, pid_t helper) {
  for (const auto& path : {options.folded, options.speedscope, options.pprof}) {
    if (path.empty() || path == standard_output_path) continue;
    if (auto writable = check_writable(path); !writable) return std::unexpected(writable.error());
  }
  Profiling profiling(options);
  if (options.samples()) {
    BYTEPATH_TRY(watch,
                 explain::RunWatch::open(helper, {.rate = static_cast<unsigned>(options.rate),
                                                  .user_callers = options.wants_stacks()}));
    profiling.watch_ = std::make_unique<explain::RunWatch>(std::move(watch));
  }
  return profiling;
}

void Profiling::poll() {
  if (watch_) watch_->poll();
}

benchmark::Executor& Profiling::executor(benchmark::ProcessExecutor& processes) {
  if (!watch_) return processes;
  watched_ = std::make_unique<explain::WatchedExecutor>(processes, *watch_);
  return *watched_;
}

void Profiling::name_samples(const benchmark::Session& session, Found& found) const {
  auto disassembler = code::Disassembler::create();
  symbols::Symbolizer symbolizer;
  for (const auto& result : session.results) {
    HotCommand hot{.command = name_of(result), .hot = {}};
    const auto watched = watch_->commands().find(result.command.command_line());
    if (disassembler && watched != watch_->commands().end()) {
      hot.runs = watched->second.runs;
      hot.hot = sampling::hot_code(watched->second.profile, symbolizer, *disassembler);
    }
    found.samples += hot.hot.samples;
    found.profiles.push_back({.name = hot.command, .stacks = hot.hot.stacks});
    found.hot.push_back(std::move(hot));
  }
  found.missing = symbolizer.missing();
}

void Profiling::count_calls(const benchmark::Plan& plan, const benchmark::Session& session,
                            benchmark::ProcessExecutor& processes, Found& found,
                            result::Document& document) const {
  found.calls.resize(session.results.size());
  if (!options_.syscalls && !options_.why) return;
  auto watch = explain::CallWatch::open(processes.helper());
  if (!watch) return syscalls::add_syscalls_refusal(document, watch.error());
  if (watch->missing_census())
    add_refusal(document, "how copies are aligned", *watch->missing_census());
  constexpr std::size_t rounds = 3;
  for (std::size_t i = 0; i < rounds * session.results.size(); ++i) {
    const std::size_t index = i % session.results.size();
    if (auto ran = run_once(plan, index, processes, *watch); !ran)
      return add_refusal(document, "the system calls", ran.error());
  }
  for (std::size_t i = 0; i < session.results.size(); ++i) {
    const auto& result = session.results[i];
    const auto& calls = watch->commands().at(result.command.command_line());
    found.calls[i] = calls;
    const result::Labels labels = {{"benchmark", name_of(result)}};
    if (calls.copied_bytes > 0)
      document.metrics.push_back(result::single_metric(
          "slow_copied_share", labels, result::share(calls.slow_copied_bytes, calls.copied_bytes),
          "percent", result::Better::none));
    if (!options_.syscalls) continue;
    syscalls::add_syscalls(
        document,
        {.name = fmt::format("syscalls_{}", result.number),
         .title = fmt::format("System calls of {} in {} runs", name_of(result), calls.runs),
         .labels = labels},
        calls.totals, calls.losses);
  }
}

Result<> Profiling::write_files(const Found& found, cli::Console& console) const {
  const std::string exporter = fmt::format("run-probe {}", cli::version());
  if (auto written = write_to(options_.folded, sampling::folded_stacks(found.profiles), console);
      !written)
    return written;
  if (auto written =
          write_to(options_.speedscope, sampling::speedscope(found.profiles, exporter), console);
      !written)
    return written;
  return write_to(options_.pprof, sampling::pprof(found.profiles), console);
}

Result<> Profiling::finish(const benchmark::Plan& plan, const benchmark::Session& session,
                           benchmark::ProcessExecutor& processes, result::Document& document,
                           cli::Console& console) {
  if (session.results.empty() || session.error || session.interrupted) return {};
  Found found;
  if (watch_) {
    name_samples(session, found);
    explain::add_sampling_facts(document,
                                {.event = watch_->sampler().event(),
                                 .rate = watch_->rate(),
                                 .losses = watch_->sampler().losses()},
                                found.samples);
  }
  count_calls(plan, session, processes, found, document);
  for (const auto& part : found.missing)
    document.not_measured.push_back(
        {.what = part.what, .reason = part.reason, .remedy = part.remedy});
  if (options_.hot) explain::add_hot_code(document, found.hot);
  if (options_.why) {
    std::vector<explain::Difference> differences;
    const std::size_t base = plan.baseline();
    for (std::size_t i = 0; i < session.results.size(); ++i) {
      if (i == base || !differs(document, found.hot[i].command)) continue;
      differences.push_back(explain::explain_difference(found.cost_of(session.results[base], base),
                                                        found.cost_of(session.results[i], i)));
    }
    add_why(document, std::move(differences));
  }
  return write_files(found, console);
}

}  // namespace bytepath::run_probe
