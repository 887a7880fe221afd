#include "benchmark/session_comparison.h"

#include <algorithm>
#include <cmath>

#include "benchmark/metric.h"
#include "compare/comparison.h"
#include "compare/metric_pair.h"

namespace bytepath::benchmark {
namespace {

std::string unit_of(const Plan& plan) {
  const std::string& metric = plan.comparison.metric;
  for (const auto& known : run_metrics()) {
    if (known.name == metric) return std::string(known.unit);
  }
  for (const auto& event : plan.events) {
    if (event.name == metric) return event.unit;
  }
  return "";
}

compare::Measured measured_by(const Plan& plan, std::vector<double> samples) {
  compare::Measured measured{.metric = plan.comparison.metric, .unit = unit_of(plan)};
  measured.kind = compare::kind_of_metric(measured.metric, measured.unit);
  if (plan.comparison.higher_is_better) measured.better = result::Better::higher;
  measured.samples = std::move(samples);
  return measured;
}

compare::Benchmark benchmark_of(const Plan& plan, const BenchmarkResult& result,
                                const std::string& name) {
  std::vector<double> samples;
  samples.reserve(result.runs.size());
  for (const auto& run : result.runs) {
    samples.push_back(value_of(run, plan, plan.comparison.metric));
  }
  return {.name = name, .metrics = {measured_by(plan, std::move(samples))}};
}

std::string name_of(const BenchmarkResult& result) {
  return result.command.name_with_unused_parameters();
}

// Rounds: the baseline's samples and each other command's belong together one by one.
Result<std::vector<compare::Comparison>> compare_rounds(const Plan& plan, const Session& session,
                                                        const compare::Rules& rules) {
  compare::Suite suite{.paired = true, .reference = plan.baseline(), .stopping = session.stopping};
  for (const auto& result : session.results) {
    suite.benchmarks.push_back(benchmark_of(plan, result, name_of(result)));
  }
  return compare::compare_pairs(suite, rules);
}

// One random order of all: two independent sets of samples, of one host and hour.
Result<std::vector<compare::Comparison>> compare_dealt(const Plan& plan, const Session& session,
                                                       const compare::Rules& rules) {
  std::vector<compare::Comparison> all;
  for (std::size_t i = 0; i < session.results.size(); ++i) {
    if (i == plan.baseline()) continue;
    const std::string name = name_of(session.results[i]);
    const compare::Suite base{
        .benchmarks = {benchmark_of(plan, session.results[plan.baseline()], name)}};
    const compare::Suite now{.benchmarks = {benchmark_of(plan, session.results[i], name)}};
    BYTEPATH_TRY(compared, compare::compare_suites(base, now, rules));
    all.insert(all.end(), compared.begin(), compared.end());
  }
  return all;
}

void add_noise_floor(result::Document& document, const Plan& plan, const Session& session) {
  if (!session.again) return;
  const auto measured = [&](const BenchmarkResult& result) {
    return benchmark_of(plan, result, "").metrics.front();
  };
  const auto compared = compare::compare_with_copy(measured(session.results[plan.baseline()]),
                                                   measured(*session.again), session.stopping);
  const auto& effect = compared.effect;
  if (!(effect.low > 0) || !std::isfinite(effect.high)) {
    document.not_measured.push_back(
        {.what = "the noise floor (--aa)",
         .reason = compared.why.empty() ? "the interval is open" : compared.why,
         .remedy = "give more --pairs"});
    return;
  }
  document.parameters["noise_floor_percent"] = 100 * (std::max(effect.high, 1 / effect.low) - 1);
  document.parameters["against_itself_percent"] = 100 * (effect.ratio - 1);
  document.parameters["against_itself_low_percent"] = 100 * (effect.low - 1);
  document.parameters["against_itself_high_percent"] = 100 * (effect.high - 1);
  document.parameters["broken_instrument"] = effect.low > 1 || effect.high < 1;
}

}  // namespace

stats::Effect change_of(const Plan& plan, std::vector<double> base, std::vector<double> now,
                        stats::Stopping stopping) {
  return compare::MetricPair(measured_by(plan, std::move(base)), measured_by(plan, std::move(now)),
                             stopping)
      .effect();
}

void add_session_comparisons(result::Document& document, const Plan& plan, const Session& session) {
  if (session.results.empty() || session.results.front().runs.empty()) return;
  add_noise_floor(document, plan, session);
  if (session.results.size() < 2) return;
  const compare::Rules rules{.margin = plan.comparison.margin};
  auto compared = plan.order == Order::random ? compare_dealt(plan, session, rules)
                                              : compare_rounds(plan, session, rules);
  if (compared) {
    compare::add_comparisons(document, *compared);
  } else {
    document.not_measured.push_back({.what = "the comparison of the commands",
                                     .reason = compared.error().message,
                                     .remedy = compared.error().hint});
  }
}

}  // namespace bytepath::benchmark
