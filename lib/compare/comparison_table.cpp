#include <cmath>

#include "base/units.h"
#include "compare/comparison.h"
#include "compare/readable.h"

namespace bytepath::compare {
namespace {

using result::Value;

double percent(double ratio) { return (ratio - 1) * 100; }

result::Table* table_of(result::Document& document) {
  for (auto& table : document.tables) {
    if (table.name == "comparisons") return &table;
  }
  document.tables.push_back({.name = "comparisons",
                             .title = "Comparisons",
                             .columns = {{"benchmark", ""},
                                         {"metric", ""},
                                         {"baseline", ""},
                                         {"now", ""},
                                         {"change", "percent_change"},
                                         {"low", "percent_change"},
                                         {"high", "percent_change"},
                                         {"count", ""},
                                         {"paired", ""},
                                         {"margin", "percent"},
                                         {"detectable", "percent"},
                                         {"verdict", ""},
                                         {"gate", ""},
                                         {"outcome", ""},
                                         {"why", ""}},
                             .rows = {}});
  return &document.tables.back();
}

std::vector<Value> row_of(const Comparison& comparison) {
  const auto& effect = comparison.effect;
  return {comparison.benchmark,
          comparison.metric,
          quantity_for_people(comparison.baseline, comparison.unit),
          quantity_for_people(comparison.now, comparison.unit),
          percent(effect.ratio),
          percent(effect.low),
          percent(effect.high),
          static_cast<std::int64_t>(effect.count),
          comparison.paired,
          comparison.margin * 100,
          effect.detectable * 100,
          std::string(name_of(comparison.verdict)),
          comparison.gate,
          std::string(name_of(comparison.outcome)),
          comparison.why};
}

void add_metrics(result::Document& document, const Comparison& comparison) {
  const auto add = [&](const std::string& name, const std::string& unit, double median, double low,
                       double high) {
    if (std::isnan(median)) return;
    document.metrics.push_back(
        {.name = name,
         .labels = {{"benchmark", comparison.benchmark}, {"metric", comparison.metric}},
         .unit = unit,
         .better = comparison.better,
         .median = median,
         .low = low,
         .high = high,
         .count = comparison.effect.count,
         .samples = {}});
  };
  constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
  const auto& effect = comparison.effect;
  add("change", "ratio", effect.ratio, effect.low, effect.high);
  if (!comparison.ratios.empty() && !std::isnan(effect.ratio)) {
    document.metrics.back().samples = comparison.ratios;
    // One chart of what decides, not of all that was counted besides.
    if (comparison.metric == "wall" || !comparison.gate.empty())
      document.metrics.back().title = "Each pair: now over its baseline";
  }
  add("baseline", comparison.unit, comparison.baseline, unknown, unknown);
  add("now", comparison.unit, comparison.now, unknown, unknown);
}

}  // namespace

std::string quantity_for_people(double value, const std::string& unit) {
  return unit == "s" ? format_quantity(value * 1e9, "ns") : format_quantity(value, unit);
}

void add_comparisons(result::Document& document, const std::vector<Comparison>& comparisons) {
  for (const auto& comparison : comparisons) {
    table_of(document)->rows.push_back(row_of(comparison));
    add_metrics(document, comparison);
  }
}

}  // namespace bytepath::compare
