#include "tiers/all_tiers.h"

#include <algorithm>
#include <cmath>

#include "result/document_parts.h"

namespace bytepath::tiers {
namespace {

using result::label;
using result::Metric;
using result::Value;

struct Entry {
  const std::string* part;
  const Metric* metric;
};

// How it was read: the labels but those that have columns of their own. Beside tiers that nobody
// prepared, the name that io has for a state of the page cache says too little.
std::string how(const Metric& metric) {
  std::string text;
  for (const auto& [name, value] : metric.labels) {
    if (name == "tier" || name == "time" || name == "url" || value.empty()) continue;
    const bool is_half = name == "state" && value == "mixed";
    text += (text.empty() ? "" : ", ") + (is_half ? "half cached" : value);
  }
  return text;
}

result::Table table_of(const std::vector<Entry>& entries) {
  result::Table table{.name = "tiers",
                      .title = "All tiers",
                      .columns = {{"tier", ""},
                                  {"of", ""},
                                  {"read_by", ""},
                                  {"latency", "ns"},
                                  {"low", "ns"},
                                  {"high", "ns"},
                                  {"factor", "ratio"}},
                      .rows = {}};
  double before = 0;
  for (const auto& [part, metric] : entries) {
    table.rows.push_back({label(metric->labels, "tier"), *part, how(*metric), metric->median,
                          metric->low, metric->high,
                          before > 0 ? Value(metric->median / before) : Value()});
    before = metric->median;
  }
  return table;
}

}  // namespace

void add_all_tiers(result::Document& document, const std::vector<Part>& parts) {
  std::vector<Entry> entries;
  for (const auto& part : parts) {
    for (const auto& metric : part.document.metrics) {
      const bool waited = label(metric.labels, "time") == "response";
      if (metric.name == "tier_latency" && metric.median > 0 && std::isfinite(metric.median) &&
          !waited)
        entries.push_back({.part = &part.name, .metric = &metric});
      if (!metric.name.starts_with("tier_")) continue;
      document.metrics.push_back(metric);
      document.metrics.back().labels["of"] = part.name;
    }
    document.not_measured.insert(document.not_measured.end(), part.document.not_measured.begin(),
                                 part.document.not_measured.end());
    document.complete = document.complete && part.document.complete;
  }
  std::ranges::stable_sort(entries, {}, [](const Entry& entry) { return entry.metric->median; });
  document.tables.push_back(table_of(entries));
}

}  // namespace bytepath::tiers
