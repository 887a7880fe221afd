#include "benchmark/relative_speed.h"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace bytepath::benchmark {
namespace {

std::weak_ordering compare_means(const Statistics& left, const Statistics& right) {
  if (left.mean < right.mean) return std::weak_ordering::less;
  if (left.mean > right.mean) return std::weak_ordering::greater;
  return std::weak_ordering::equivalent;
}

std::vector<Statistics> statistics_of_all(std::span<const BenchmarkResult> results) {
  std::vector<Statistics> all;
  all.reserve(results.size());
  for (const auto& result : results) all.push_back(statistics_of(result));
  return all;
}

// The first of the fastest; all is not empty.
std::size_t fastest(const std::vector<Statistics>& all) {
  const auto found = std::ranges::min_element(all, {}, &Statistics::mean);
  return static_cast<std::size_t>(found - all.begin());
}

double ratio_above_one(const Statistics& one, const Statistics& reference) {
  const auto [faster, slower] = std::minmax(one.mean, reference.mean);
  return faster == slower ? 1 : slower / faster;
}

// The uncertainty of a ratio of two independent quantities, to first order.
std::optional<double> ratio_stddev(double ratio, const Statistics& one,
                                   const Statistics& reference) {
  if (!one.stddev || !reference.stddev || one.mean == 0 || reference.mean == 0) return {};
  return ratio * std::hypot(*one.stddev / one.mean, *reference.stddev / reference.mean);
}

}  // namespace

std::vector<RelativeSpeed> relative_speeds(std::span<const BenchmarkResult> results,
                                           std::optional<std::size_t> reference, SortOrder order) {
  if (results.empty()) return {};
  const std::vector<Statistics> all = statistics_of_all(results);
  const std::size_t base = reference.value_or(fastest(all));
  std::vector<RelativeSpeed> speeds;
  speeds.reserve(results.size());
  for (std::size_t i = 0; i < results.size(); ++i) {
    const double ratio = i == base ? 1 : ratio_above_one(all[i], all[base]);
    speeds.push_back({.result = &results[i],
                      .statistics = all[i],
                      .ratio = ratio,
                      .stddev = ratio_stddev(ratio, all[i], all[base]),
                      .is_reference = i == base,
                      .order = compare_means(all[i], all[base])});
  }
  if (order == SortOrder::mean_time) {
    // The address is the place in `results`.
    std::ranges::sort(speeds, {}, [](const RelativeSpeed& speed) {
      return std::tuple(speed.statistics.mean, speed.result);
    });
  }
  return speeds;
}

bool has_relative_speeds(std::span<const BenchmarkResult> results,
                         std::optional<std::size_t> reference) {
  if (results.empty()) return false;
  const std::vector<Statistics> all = statistics_of_all(results);
  const std::size_t first = fastest(all);
  return all[first].mean != 0 && all[reference.value_or(first)].mean != 0;
}

}  // namespace bytepath::benchmark
