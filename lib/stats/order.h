#pragma once
#include <cstddef>
#include <span>
#include <vector>

// Order statistics only: one interrupt must not move a reported number.
namespace bytepath::stats {

struct Summary {
  std::size_t count = 0;
  double min = 0;
  double median = 0;
  double max = 0;
  double low = 0;   // the median of the distribution lies in [low, high] with >= 95 % confidence,
  double high = 0;  // whatever its shape; the whole range when there are too few values for that
};

// All zero for no values; NaN values are left out.
Summary summarize(std::span<const double> values);

double median(std::span<const double> values);

// The largest k for which the k-th smallest and k-th largest of n values (from 1) hold the median
// with at least `confidence`: exact, by the binomial distribution with p = 1/2 (Conover, Practical
// Nonparametric Statistics, 3.2). 0 when even the extremes do not.
std::size_t median_rank(std::size_t n, double confidence = 0.95);

// The medians of `batches` stretches of values in the order in which they were measured, of the
// same length: numbers that differ as runs do and not as single values. Empty where a stretch would
// have fewer than ten values.
std::vector<double> batch_medians(std::span<const float> values, std::size_t batches);

// The summary of a[i] / b[i]: what happens to both in one round (another tenant, a clock change)
// cancels. Pairs with a non-positive b are left out.
Summary paired_ratio(std::span<const double> a, std::span<const double> b);

}  // namespace bytepath::stats
