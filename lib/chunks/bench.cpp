#include "chunks/bench.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "base/units.h"
#include "benchmark/session.h"
#include "chunks/byte_ladder.h"
#include "chunks/cold_mount.h"
#include "chunks/page_accesses.h"
#include "chunks/stall_shares.h"
#include "mounts/reads.h"
#include "mounts/tracing.h"
#include "process/capture.h"
#include "result/document_parts.h"
#include "stats/order.h"

namespace bytepath::chunks {
namespace {

constexpr double ns_per_second = 1e9;

// A metric's name, its labels and its unit.
struct Figure {
  std::string name;
  std::string where;
  std::string unit;
  auto operator<=>(const Figure&) const = default;
};
using Figures = std::map<Figure, std::vector<double>>;

void add_figures(Figures& figures, const mounts::MountTrace& trace) {
  const auto add = [&](std::string name, std::string where, std::string unit, double value) {
    figures[{std::move(name), std::move(where), std::move(unit)}].push_back(value);
  };
  const auto stall = stall_shares(trace);
  add("wall", "", "ns", static_cast<double>(stall.wall_ns));
  add("cpu", "", "ns", trace.cpu_ns);
  add("stall", "", "ns", static_cast<double>(stall.longest_ns));
  add("stall_metadata", "", "ns", static_cast<double>(stall.longest_ns - stall.longest_data_ns));
  for (const auto& step : byte_ladder(trace)) {
    if (step.bytes && step.name != "image")
      add(step.name + "_bytes", step.where, "B", static_cast<double>(*step.bytes));
  }
  add("reads", "", "",
      static_cast<double>(
          std::ranges::count(trace.requests, mounts::read_opcode, &mounts::Request::opcode)));
  add("requests", "", "", static_cast<double>(trace.requests.size()));
}

class MountExecutor final : public benchmark::Executor {
 public:
  MountExecutor(const BenchOptions& options, const Progress& progress)
      : options_(options), progress_(progress), begin_ns_(mounts::now_ns()) {}

  Result<> calibrate(const Progress&) override { return {}; }
  double overhead() const override { return 0; }
  double now() const override {
    return static_cast<double>(mounts::now_ns() - begin_ns_) / ns_per_second;
  }

  Result<benchmark::Run> execute(const std::string&, benchmark::Iteration iteration,
                                 const benchmark::FailureRule& failures,
                                 const benchmark::OutputPolicy&) override {
    if (auto ready = prepare(); !ready) return std::unexpected(ready.error());
    benchmark::Run run{.start = now()};
    BYTEPATH_TRY(recording, mounts::record(options_.what, progress_));
    const auto& trace = recording.trace;
    run.wall = static_cast<double>(trace.end_ns - trace.begin_ns) / ns_per_second;
    run.exit_code = trace.exit_code.value_or(0);
    run.user = trace.cpu_ns / ns_per_second;
    if (recording.interrupted) return run;
    const bool signaled = run.exit_code > 128;
    if (auto accepted = benchmark::check_exit(run.exit_code, signaled, iteration, failures);
        !accepted)
      return std::unexpected(accepted.error());
    if (iteration.phase != benchmark::Iteration::Phase::benchmark) return run;
    add_figures(figures_, trace);
    lost_ = lost_ || trace.losses.any();
    if (missing_.empty()) missing_ = trace.missing;
    return run;
  }

  const Figures& figures() const { return figures_; }
  bool lost() const { return lost_; }
  const std::vector<mounts::Missing>& missing() const { return missing_; }

 private:
  Result<> prepare() {
    if (!options_.prepare.empty()) {
      BYTEPATH_TRY(ended,
                   process::capture({"/bin/sh", "-c", options_.prepare},
                                    {.time_limit = std::chrono::minutes(10), .interrupted = [this] {
                                       return !progress_(0, 0, "preparing");
                                     }}));
      if (ended.exit_status != 0) {
        return fail(ErrorKind::failed,
                    fmt::format("--prepare ended with {}: {}", ended.exit_status,
                                in_one_line(ended.errors)),
                    "run it by hand and see");
      }
    }
    if (options_.cold == Cold::drop) return drop_caches();
    if (options_.cold == Cold::none) return {};
    BYTEPATH_TRY(stack, mounts::find_stack(options_.what.mount, {}));
    return remount(stack);
  }

  const BenchOptions& options_;
  const Progress& progress_;
  std::uint64_t begin_ns_;
  Figures figures_;
  std::vector<mounts::Missing> missing_;
  bool lost_ = false;
};

class Silent final : public benchmark::Observer {
 public:
  void begins(const benchmark::BenchmarkResult&) override {}
  Result<> finished(const std::vector<benchmark::BenchmarkResult>&) override { return {}; }
};

std::string text_of(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

result::Metric metric_of(const Figure& figure, const std::vector<double>& samples) {
  const auto summary = stats::summarize(samples);
  result::Metric metric{.name = figure.name,
                        .labels = {},
                        .unit = figure.unit,
                        .better = result::Better::lower,
                        .median = summary.median,
                        .low = summary.low,
                        .high = summary.high,
                        .count = summary.count,
                        .samples = samples};
  if (!figure.where.empty()) metric.labels["where"] = figure.where;
  return metric;
}

// A row a figure, as run-probe shows a command.
void add_table(result::Document& document, const Figures& figures) {
  result::Table table{
      .name = "starts",
      .title = "The starts",
      .columns = {{"figure", ""}, {"where", ""}, {"median", ""}, {"least", ""}, {"most", ""}},
      .rows = {}};
  for (const auto& [figure, samples] : figures) {
    const auto [least, most] = std::ranges::minmax(samples);
    table.rows.push_back({figure.name, figure.where,
                          format_quantity(stats::median(samples), figure.unit),
                          format_quantity(least, figure.unit), format_quantity(most, figure.unit)});
  }
  document.tables.push_back(std::move(table));
}

}  // namespace

const char* name(Cold cold) {
  switch (cold) {
    case Cold::none:
      return "none";
    case Cold::drop:
      return "drop";
    case Cold::remount:
      return "remount";
  }
  return "";
}

Result<Bench> bench(const BenchOptions& options, const Progress& progress) {
  benchmark::Plan plan{.min_runs = options.runs,
                       .max_runs = options.runs,
                       .warmup = options.warmup,
                       .failures = options.failures};
  plan.commands.push_back(
      {.name = text_of(options.what.command), .expression = text_of(options.what.command)});
  plan.outputs.emplace_back();
  MountExecutor executor(options, progress);
  Silent silent;
  const auto session = benchmark::run_session(plan, executor, silent, progress);
  if (session.error && executor.figures().empty()) return std::unexpected(*session.error);
  Bench answer{.document = {}, .error = session.error};
  auto& document = answer.document;
  document.parameters["mode"] = std::string("bench");
  document.parameters["command"] = text_of(options.what.command);
  document.parameters["cold"] = std::string(name(options.cold));
  document.parameters["mount"] = options.what.mount;
  for (const auto& [figure, samples] : executor.figures()) {
    document.metrics.push_back(metric_of(figure, samples));
  }
  add_table(document, executor.figures());
  for (const auto& missing : executor.missing())
    document.not_measured.push_back(
        {.what = missing.what, .reason = missing.reason, .remedy = missing.remedy});
  if (executor.lost()) {
    document.not_measured.push_back({.what = "all events: the figures of some starts are too low",
                                     .reason = "the ring buffer between the kernel and us was full",
                                     .remedy = "a larger --ring"});
  }
  document.complete = !session.interrupted && !session.error;
  return answer;
}

}  // namespace bytepath::chunks
