#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

// The classical statistics that hyperfine prints and exports, and what tells odd runs from others.
namespace bytepath::stats {

double mean(std::span<const double> values);  // 0 for no values

// With n - 1 in the denominator; nothing for fewer than two values.
std::optional<double> standard_deviation(std::span<const double> values);

// (value - median) / median absolute deviation, hyperfine's outlier score: 1.4826 is left out, as
// there. A deviation of 0 counts as the smallest double step at 1.
std::vector<double> outlier_scores(std::span<const double> values);
// From this score on hyperfine calls a run an outlier: 10 standard deviations of a normal
// distribution (1.4826 * 10).
inline constexpr double outlier_score = 14.826;

// Two clearly separate groups of values: both hold at least a tenth (and three) of them, and the
// widest gap between neighbouring values, in the sorted middle, is at least `gap` times the larger
// of the two groups' own spread (median absolute deviation * 1.4826). Gives the medians of the two;
// nothing where there are fewer than 10 values.
std::optional<std::pair<double, double>> two_modes(std::span<const double> values, double gap = 4);

}  // namespace bytepath::stats
