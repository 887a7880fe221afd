#include "stats/order.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "stats/sign_test.h"

namespace bytepath::stats {
namespace {

double middle(std::span<const double> sorted) {
  const std::size_t n = sorted.size();
  return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
}

}  // namespace

std::size_t median_rank(std::size_t n, double confidence) {
  return SignTest::fixed(n).rank(1 - confidence);
}

Summary summarize(std::span<const double> values) {
  std::vector<double> sorted;
  sorted.reserve(values.size());
  std::ranges::copy_if(values, std::back_inserter(sorted), [](double v) { return !std::isnan(v); });
  if (sorted.empty()) return {};
  std::ranges::sort(sorted);
  const std::size_t rank = std::max<std::size_t>(1, median_rank(sorted.size()));
  return {.count = sorted.size(),
          .min = sorted.front(),
          .median = middle(sorted),
          .max = sorted.back(),
          .low = sorted[rank - 1],
          .high = sorted[sorted.size() - rank]};
}

double median(std::span<const double> values) {
  if (values.empty()) return 0;
  std::vector<double> sorted(values.begin(), values.end());
  std::ranges::sort(sorted);
  return middle(sorted);
}

std::vector<double> batch_medians(std::span<const float> values, std::size_t batches) {
  constexpr std::size_t fewest = 10;
  std::vector<double> medians;
  if (batches == 0 || values.size() / batches < fewest) return medians;
  medians.reserve(batches);
  for (std::size_t i = 0; i < batches; ++i) {
    const std::size_t first = values.size() * i / batches;
    const std::size_t last = values.size() * (i + 1) / batches;
    medians.push_back(
        median(std::vector<double>(values.begin() + static_cast<std::ptrdiff_t>(first),
                                   values.begin() + static_cast<std::ptrdiff_t>(last))));
  }
  return medians;
}

Summary paired_ratio(std::span<const double> a, std::span<const double> b) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (b[i] > 0) ratios.push_back(a[i] / b[i]);
  }
  return summarize(ratios);
}

}  // namespace bytepath::stats
