#include "compare/decision.h"

#include <algorithm>

#include "compare/metric_pair.h"
#include "compare/name_pattern.h"

namespace bytepath::compare {
namespace {

constexpr auto drift =
    "wall time of another session: machine drift alone moves it by more (use run-probe --compare "
    "in one session, or --allow-unpaired)";

// Of thresholds only: 1.1 / 1 and 1 + 10 / 100 may differ in the last bit, and a change of the
// margin itself is allowed.
double tolerant(double margin) { return margin > 0 ? margin + 1e-12 : 0; }

void add_reason(std::string& why, const std::string& reason) {
  if (reason.empty()) return;
  why += (why.empty() ? "" : "; ") + reason;
}

Verdict verdict_of(stats::Change change) {
  switch (change) {
    case stats::Change::regression:
      return Verdict::regression;
    case stats::Change::improvement:
      return Verdict::improvement;
    case stats::Change::equivalent:
      return Verdict::equivalent;
    case stats::Change::inconclusive:
      break;
  }
  return Verdict::inconclusive;
}

// By the interval alone. What is neither better high nor low takes a gate as its word for "low".
void conclude(Comparison& comparison, const MetricPair& pair) {
  comparison.verdict = verdict_of(stats::classify(pair.worsening(), tolerant(comparison.margin)));
  const bool changed =
      comparison.verdict == Verdict::regression || comparison.verdict == Verdict::improvement;
  if (changed && comparison.better == result::Better::none && comparison.gate.empty()) {
    comparison.verdict = Verdict::inconclusive;
    add_reason(comparison.why, "changed, and neither direction is better");
  }
}

Comparison about(const std::string& benchmark, const Measured& measured, const Rules& rules) {
  Comparison comparison;
  comparison.benchmark = benchmark;
  comparison.metric = measured.metric;
  comparison.unit = measured.unit;
  comparison.better = measured.better;
  comparison.kind = measured.kind;
  comparison.margin = rules.margin;
  if (const auto* gate = find_gate(rules.gates, benchmark, measured.metric)) {
    comparison.margin = gate->margin;
    comparison.gate = gate->text;
  }
  return comparison;
}

Comparison of_pair(const std::string& benchmark, const Measured& now, const MetricPair& pair,
                   const Rules& rules) {
  Comparison comparison = about(benchmark, now, rules);
  comparison.baseline = pair.baseline();
  comparison.now = pair.now();
  comparison.effect = pair.effect();
  comparison.ratios = pair.ratios();
  comparison.paired = pair.is_paired();
  return comparison;
}

void refuse(Comparison& comparison, Verdict verdict, const std::string& why) {
  comparison.verdict = verdict;
  comparison.outcome = comparison.gate.empty() ? Outcome::none : Outcome::not_judged;
  add_reason(comparison.why, why);
}

std::string incomparable(const Measured& base, const Measured& now, const Session& session) {
  if (!unit_factor(base.unit, now.unit))
    return fmt::format("the unit was '{}' and is '{}'", base.unit, now.unit);
  return now.kind == Kind::count ? session.other_software : session.other_machine;
}

// Before Holm: may the gate decide this comparison?
void ask_gate(Comparison& comparison, const MetricPair& pair, const Rules& rules) {
  if (comparison.gate.empty()) {
    if (comparison.verdict == Verdict::inconclusive) add_reason(comparison.why, pair.lack());
    return;
  }
  if (comparison.kind == Kind::time && !comparison.paired && !rules.allow_unpaired) {
    comparison.outcome = Outcome::advisory;
    add_reason(comparison.why, drift);
    add_reason(comparison.why, pair.lack());
    return;
  }
  const std::string lack = pair.lack();
  comparison.outcome = lack.empty() ? Outcome::passed : Outcome::not_judged;
  add_reason(comparison.why, lack);
  if (lack.empty()) comparison.p_value = pair.p_worse(tolerant(comparison.margin));
}

// A gate may be shadowed by a later one or name a new benchmark only; it is wrong where there is
// nothing at all.
bool names_something(const Gate& gate, std::span<const Benchmark* const> measured) {
  return std::ranges::any_of(measured, [&](const Benchmark* benchmark) {
    return find_metric(*benchmark, gate.metric) != nullptr &&
           gate.names(benchmark->name, gate.metric);
  });
}

}  // namespace

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::regression:
      return "regression";
    case Verdict::improvement:
      return "improvement";
    case Verdict::equivalent:
      return "equivalent";
    case Verdict::inconclusive:
      return "inconclusive";
    case Verdict::incomparable:
      return "incomparable";
    case Verdict::missing:
      return "missing";
    case Verdict::added:
      break;
  }
  return "new";
}

std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::none:
      return "";
    case Outcome::passed:
      return "passed";
    case Outcome::failed:
      return "failed";
    case Outcome::advisory:
      return "advisory";
    case Outcome::not_judged:
      break;
  }
  return "not judged";
}

Comparison compare_metric(const std::string& benchmark, const Measured& base, const Measured& now,
                          const Session& session, const Rules& rules) {
  const MetricPair pair(base, now, session.pairs);
  Comparison comparison = of_pair(benchmark, now, pair, rules);
  const std::string refused = incomparable(base, now, session);
  if (!refused.empty()) {
    refuse(comparison, Verdict::incomparable, refused);
    return comparison;
  }
  conclude(comparison, pair);
  add_reason(comparison.why, pair.left_out());
  ask_gate(comparison, pair, rules);
  return comparison;
}

Comparison compare_with_copy(const Measured& reference, const Measured& copy,
                             std::optional<stats::Stopping> pairs) {
  const MetricPair pair(reference, copy, pairs);
  Comparison comparison = of_pair({}, copy, pair, {});
  conclude(comparison, pair);
  comparison.why = pair.lack();
  return comparison;
}

Comparison missing_metric(const std::string& benchmark, const Measured& base, const Rules& rules) {
  Comparison comparison = about(benchmark, base, rules);
  comparison.baseline = base.median;
  refuse(comparison, Verdict::missing, "only in the baseline");
  return comparison;
}

void settle_gates(std::vector<Comparison>& comparisons, const Rules& rules,
                  std::span<const Benchmark* const> measured) {
  std::vector<Comparison*> decidable;
  std::vector<double> p_values;
  for (auto& comparison : comparisons) {
    if (comparison.outcome != Outcome::passed) continue;
    decidable.push_back(&comparison);
    p_values.push_back(comparison.p_value);
  }
  const auto adjusted = stats::holm_adjusted(p_values);
  for (std::size_t i = 0; i < decidable.size(); ++i) {
    Comparison& comparison = *decidable[i];
    comparison.adjusted_p_value = adjusted[i];
    if (adjusted[i] <= rules.alpha) {
      comparison.outcome = Outcome::failed;
    } else if (comparison.verdict == Verdict::regression) {
      add_reason(comparison.why,
                 decidable.size() == 1
                     ? fmt::format("beyond the margin, but not with an error below {}", rules.alpha)
                     : fmt::format("beyond the margin alone, but not among {} gates (Holm)",
                                   decidable.size()));
    }
  }
  for (const auto& gate : rules.gates) {
    if (names_something(gate, measured)) continue;
    Comparison comparison;
    comparison.benchmark = gate.pattern;
    comparison.metric = gate.metric;
    comparison.margin = gate.margin;
    comparison.gate = gate.text;
    refuse(comparison, Verdict::missing, "no benchmark measured it");
    comparisons.push_back(std::move(comparison));
  }
}

Result<std::vector<const Benchmark*>> filtered(std::span<const Benchmark* const> benchmarks,
                                               const std::string& filter) {
  std::vector<const Benchmark*> out(benchmarks.begin(), benchmarks.end());
  if (filter.empty()) return out;
  BYTEPATH_TRY(pattern, NamePattern::parse(filter));
  std::erase_if(out,
                [&](const Benchmark* benchmark) { return !pattern.found_in(benchmark->name); });
  return out;
}

const Measured* find_metric(const Benchmark& benchmark, std::string_view metric) {
  const auto found = std::ranges::find(benchmark.metrics, metric, &Measured::metric);
  return found == benchmark.metrics.end() ? nullptr : &*found;
}

}  // namespace bytepath::compare
