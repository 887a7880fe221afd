#pragma once
#include <vector>

#include "result/document.h"
#include "stats/histogram.h"

// The tail of a distribution of times as every probe shows it: p50, p90, p99, p99.9 and p99.99.
namespace bytepath::result {

struct Percentile {
  const char* name;  // of its column
  double part;
};
inline constexpr Percentile percentiles[] = {
    {"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99_9", 0.999}, {"p99_99", 0.9999}};

// "n/a" where not even one of the values lies above it: of 200 times no one knows the slowest in a
// thousand.
inline Value percentile_of(const stats::Histogram& times, double part) {
  if (static_cast<double>(times.count()) * (1 - part) < 1) return {};
  return times.quantile(part);
}

// Columns p50 to p99_99 and most.
inline void add_percentile_columns(Table& table, const char* unit = "ns") {
  for (const auto& percentile : percentiles) table.columns.push_back({percentile.name, unit});
  table.columns.push_back({"most", unit});
}

inline void add_percentiles(std::vector<Value>& row, const stats::Histogram& times) {
  for (const auto& percentile : percentiles) row.push_back(percentile_of(times, percentile.part));
  row.push_back(times.count() == 0 ? Value() : Value(static_cast<double>(times.max())));
}

}  // namespace bytepath::result
