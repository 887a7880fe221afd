#include <algorithm>
#include <cmath>
#include <numeric>

#include "stats/comparison.h"

// Several hypotheses at once; see comparison.h.
namespace bytepath::stats {
namespace {

struct Ranked {
  double p = 1;
  std::size_t index = 0;
  auto operator<=>(const Ranked&) const = default;
};

// From the smallest on. What is not a number says nothing, as 1 does.
std::vector<Ranked> ranked(std::span<const double> p_values) {
  std::vector<Ranked> all;
  all.reserve(p_values.size());
  for (const double p : p_values) {
    all.push_back({.p = std::isnan(p) ? 1 : p, .index = all.size()});
  }
  std::ranges::sort(all);
  return all;
}

}  // namespace

std::vector<double> holm_adjusted(std::span<const double> p_values) {
  std::vector<double> adjusted(p_values.size());
  auto left = static_cast<double>(p_values.size());
  double largest = 0;
  for (const auto& [p, index] : ranked(p_values)) {
    largest = std::max(largest, std::min(1.0, left * p));
    adjusted[index] = largest;
    --left;
  }
  return adjusted;
}

}  // namespace bytepath::stats
