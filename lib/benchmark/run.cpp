#include "benchmark/run.h"

#include <algorithm>

#include "stats/order.h"
#include "stats/spread.h"

namespace bytepath::benchmark {
namespace {

std::vector<double> column(const std::vector<Run>& runs, double Run::* field) {
  std::vector<double> values;
  values.reserve(runs.size());
  for (const auto& run : runs) values.push_back(run.*field);
  return values;
}

}  // namespace

Statistics statistics_of(const BenchmarkResult& result) {
  if (result.runs.empty()) return {};
  const std::vector<double> times = column(result.runs, &Run::wall);
  const auto [min, max] = std::ranges::minmax(times);
  return {.mean = stats::mean(times),
          .stddev = stats::standard_deviation(times),
          .median = stats::median(times),
          .user = stats::mean(column(result.runs, &Run::user)),
          .system = stats::mean(column(result.runs, &Run::system)),
          .min = min,
          .max = max};
}

}  // namespace bytepath::benchmark
