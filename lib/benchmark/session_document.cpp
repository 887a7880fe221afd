#include "benchmark/session_document.h"

#include <algorithm>
#include <cmath>

#include "benchmark/metric.h"
#include "benchmark/number_capture.h"
#include "benchmark/session_comparison.h"
#include "stats/order.h"

namespace bytepath::benchmark {
namespace {

using result::Document;
using result::Metric;
using result::Value;

constexpr double ns_per_second = 1e9;

result::Labels labels_of(const BenchmarkResult& benchmark, bool again) {
  result::Labels labels = {{"benchmark", benchmark.command.name_with_unused_parameters()},
                           {"number", std::to_string(benchmark.number)}};
  if (again) labels["again"] = "true";
  return labels;
}

template <class Get>
Metric metric_of(const BenchmarkResult& benchmark, std::string_view name, std::string_view unit,
                 bool again, Get get) {
  Metric metric{.name = std::string(name),
                .labels = labels_of(benchmark, again),
                .unit = std::string(unit),
                .better = result::Better::lower};
  metric.samples.reserve(benchmark.runs.size());
  for (const auto& run : benchmark.runs) metric.samples.push_back(get(run));
  const auto summary = stats::summarize(metric.samples);
  metric.median = summary.median;
  metric.low = summary.low;
  metric.high = summary.high;
  metric.count = summary.count;
  return metric;
}

// A counter that nothing could count is no metric; the reason is in not_measured.
bool is_counted(const counters::Counter& counter) {
  return !counter.refused || !counter.event.rusage.empty();
}

void add_metrics(Document& document, const Plan& plan, const BenchmarkResult& benchmark,
                 const SessionFacts& facts, bool again) {
  for (const auto& known : run_metrics()) {
    document.metrics.push_back(metric_of(benchmark, known.name, known.unit, again, known.value));
    if (known.name == "wall") document.metrics.back().title = "Wall time of each run";
  }
  for (std::size_t i = 0; i < facts.counters.size(); ++i) {
    if (!is_counted(facts.counters[i])) continue;
    const auto& event = facts.counters[i].event;
    document.metrics.push_back(metric_of(benchmark, event.name, event.unit, again,
                                         [i](const Run& run) { return run.counters[i]; }));
  }
  if (plan.comparison.metric.starts_with(capture_prefix)) {
    auto captured = metric_of(benchmark, plan.comparison.metric, "", again,
                              [](const Run& run) { return run.captured; });
    if (plan.comparison.higher_is_better) captured.better = result::Better::higher;
    document.metrics.push_back(std::move(captured));
  }
  // When each run began: with it the order of all runs can be told.
  auto start = metric_of(benchmark, "start", "s", again, [](const Run& run) { return run.start; });
  start.better = result::Better::none;
  document.metrics.push_back(std::move(start));
}

void add_counter_facts(Document& document, const SessionFacts& facts) {
  for (std::size_t i = 0; i < facts.counters.size(); ++i) {
    const auto& counter = facts.counters[i];
    const std::string& name = counter.event.name;
    if (!counter.refused) {
      document.parameters["counter." + name] =
          std::string(counter.user_only ? "perf, user only" : "perf, user and kernel");
      document.parameters["counter_share." + name] = facts.counter_shares[i];
      continue;
    }
    // The reason begins with the name, which already says what.
    std::string reason = counter.refused->message;
    if (reason.starts_with(name + " is ")) reason = reason.substr(name.size() + 4);
    const bool counted = is_counted(counter);
    document.parameters["counter." + name] = std::string(counted ? "getrusage" : "n/a");
    document.not_measured.push_back(
        {.what = counted ? name + " by perf" : name,
         .reason = counted ? reason + "; getrusage's count is used" : reason,
         .remedy = counter.refused->hint});
  }
}

std::string_view name_of(Order order) {
  switch (order) {
    case Order::blocked:
      return "blocked";
    case Order::paired:
      return "paired";
    case Order::random:
      return "random";
  }
  return "blocked";
}

std::string shell_of(const Execution& execution) {
  if (execution.kind == Execution::Kind::direct) return "none";
  if (execution.kind == Execution::Kind::mock) return "mock";
  return fmt::format("{}", fmt::join(execution.shell, " "));
}

void add_parameters(Document& document, const Plan& plan, const Session& session,
                    const SessionFacts& facts) {
  auto& parameters = document.parameters;
  parameters["order"] = std::string(name_of(plan.order));
  parameters["seed"] = static_cast<std::int64_t>(plan.seed);
  parameters["shell"] = shell_of(plan.execution);
  parameters["directory"] = facts.directory;
  if (std::isfinite(facts.spawn_floor)) parameters["spawn_floor_s"] = facts.spawn_floor;
  if (facts.shell_start > 0) parameters["shell_start_s"] = facts.shell_start;
  if (facts.cpu_pressure) parameters["cpu_pressure_percent"] = 100 * *facts.cpu_pressure;
  if (!facts.governor.empty()) parameters["governor"] = facts.governor;
  if (plan.cpu) parameters["cpu"] = static_cast<std::int64_t>(*plan.cpu);
  if (facts.output_dropped > 0) {
    parameters["output_dropped_bytes"] = static_cast<std::int64_t>(facts.output_dropped);
  }
  if (plan.has_reference || plan.compares) {
    parameters["reference"] = static_cast<std::int64_t>(plan.baseline() + 1);
    parameters["reference_name"] = plan.commands[plan.baseline()].name_with_unused_parameters();
  }
  if (!plan.compares) return;
  parameters["stopping"] =
      std::string(session.stopping == stats::Stopping::anytime ? "anytime" : "fixed");
  parameters["metric"] = plan.comparison.metric;
  parameters["margin_percent"] = 100 * plan.comparison.margin;
  if (plan.comparison.precision) {
    parameters["precision_percent"] = 100 * *plan.comparison.precision;
  }
}

void add_commands_table(Document& document, const Session& session, const SessionFacts& facts) {
  result::Table table{.name = "commands",
                      .title = "Commands",
                      .columns = {{"number", ""},
                                  {"command", ""},
                                  {"mean", "ns"},
                                  {"sigma", "ns"},
                                  {"median", "ns"},
                                  {"min", "ns"},
                                  {"max", "ns"},
                                  {"user", "ns"},
                                  {"system", "ns"},
                                  {"max_rss", "B"},
                                  {"runs", ""}}};
  for (const auto& counter : facts.counters) {
    table.columns.push_back({counter.event.name, counter.event.unit});
  }
  const auto ns = [](double seconds) { return Value(seconds * ns_per_second); };
  for (const auto& benchmark : session.results) {
    if (benchmark.runs.empty()) continue;
    const auto statistics = statistics_of(benchmark);
    double largest = 0;
    for (const auto& run : benchmark.runs) largest = std::max(largest, run.max_rss);
    std::vector<Value> row = {static_cast<std::int64_t>(benchmark.number),
                              benchmark.command.name_with_unused_parameters(),
                              ns(statistics.mean),
                              statistics.stddev ? ns(*statistics.stddev) : Value{},
                              ns(statistics.median),
                              ns(statistics.min),
                              ns(statistics.max),
                              ns(statistics.user),
                              ns(statistics.system),
                              largest,
                              static_cast<std::int64_t>(benchmark.runs.size())};
    for (std::size_t i = 0; i < facts.counters.size(); ++i) {
      std::vector<double> values;
      for (const auto& run : benchmark.runs) values.push_back(run.counters[i]);
      row.push_back(is_counted(facts.counters[i]) ? Value(stats::median(values)) : Value{});
    }
    table.rows.push_back(std::move(row));
  }
  document.tables.push_back(std::move(table));
}

// "cold.2", "failed_runs.2", "timed_out_runs.2": of the command of that number.
void add_conditions(Document& document, const Session& session) {
  for (std::size_t i = 0; i < session.results.size(); ++i) {
    const auto& runs = session.results[i].runs;
    const auto name = [&](std::string_view what) { return fmt::format("{}.{}", what, i + 1); };
    if (i < session.cold.size() && session.cold[i]) document.parameters[name("cold")] = true;
    const auto failed =
        std::ranges::count_if(runs, [](const Run& run) { return run.exit_code != 0; });
    const auto timed_out = std::ranges::count(runs, true, &Run::timed_out);
    if (failed > 0) document.parameters[name("failed_runs")] = std::int64_t{failed};
    if (timed_out > 0) document.parameters[name("timed_out_runs")] = std::int64_t{timed_out};
  }
}

}  // namespace

Document to_document(const Plan& plan, const Session& session, const SessionFacts& facts) {
  Document document;
  document.complete = !session.interrupted && !session.error;
  add_parameters(document, plan, session, facts);
  add_counter_facts(document, facts);
  for (const auto& benchmark : session.results) {
    if (!benchmark.runs.empty()) add_metrics(document, plan, benchmark, facts, false);
  }
  if (session.again && !session.again->runs.empty()) {
    add_metrics(document, plan, *session.again, facts, true);
  }
  add_commands_table(document, session, facts);
  add_conditions(document, session);
  if (plan.compares) add_session_comparisons(document, plan, session);
  return document;
}

}  // namespace bytepath::benchmark
