#include "stats/sign_test.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace bytepath::stats {
namespace {

// P(Bin(2 * half, 1/2) = half). Beyond 64 the Stirling series of ln Gamma: the first term left out,
// 17 / (14336 half^7), is below the rounding of a double.
double central_probability(std::size_t half) {
  double probability = 1;
  if (half <= 64) {
    for (std::size_t i = 1; i <= half; ++i) probability *= 1 - 0.5 / static_cast<double>(i);
    return probability;
  }
  const auto m = static_cast<double>(half);
  const double cubed = m * m * m;
  const double series = -1 / (8 * m) + 1 / (192 * cubed) - 1 / (640 * cubed * m * m);
  return std::exp(series) / std::sqrt(std::numbers::pi * m);
}

// P(Bin(n, 1/2) = count) of the counts n / 2 - 1, n / 2 - 2, ... for as long as a double holds it
// in full: about 19 * sqrt(n) of them.
std::vector<double> descending_probabilities(std::size_t n) {
  const std::size_t half = n / 2;
  const auto size = static_cast<double>(n);
  double probability = central_probability(half);
  // From Bin(n - 1) at its middle to Bin(n) at the lower one of its two.
  if (n % 2 == 1) probability *= size / (size + 1);
  std::vector<double> probabilities;
  for (std::size_t count = half; count > 0; --count) {
    const auto above = static_cast<double>(count);
    probability *= above / (size - above + 1);
    if (probability < std::numeric_limits<double>::min()) break;
    probabilities.push_back(probability);
  }
  return probabilities;
}

}  // namespace

SignTest SignTest::fixed(std::size_t n) {
  SignTest test;
  test.p_values_ = descending_probabilities(n);
  std::ranges::reverse(test.p_values_);
  test.first_ = n / 2 - test.p_values_.size();
  double at_most = 0;
  for (double& value : test.p_values_) {
    at_most += value;  // from the smallest on: nothing is lost to rounding
    value = std::min(1.0, 2 * at_most);
  }
  return test;
}

SignTest SignTest::anytime(std::size_t n) {
  constexpr std::size_t prior = 10;
  constexpr double prior_beta = 1.0 / 923780;  // B(10,10) = 9! 9! / 19!
  const std::size_t half = n / 2;
  const auto size = static_cast<double>(n);
  // With B(x,x) = 2 / (x 4^x P(Bin(2x, 1/2) = x)), and for odd n B(x,x+1) = B(x,x) / 2, the
  // ratio at the middle is this for both; each step away from it multiplies it.
  double ratio = 2 / (static_cast<double>(half + prior) * std::exp2(2.0 * prior) *
                      central_probability(half + prior) * prior_beta);
  SignTest test;
  for (std::size_t count = half; count > 0; --count) {
    const auto above = static_cast<double>(count);
    ratio *= (size - above + prior) / (above + prior - 1);
    if (std::isinf(ratio)) break;
    test.p_values_.push_back(std::min(1.0, 1 / ratio));
  }
  std::ranges::reverse(test.p_values_);
  test.first_ = half - test.p_values_.size();
  return test;
}

double SignTest::p_value(std::size_t count) const {
  if (count < first_) return 0;
  return count - first_ < p_values_.size() ? p_values_[count - first_] : 1;
}

std::size_t SignTest::rank(double alpha) const {
  const auto beyond = std::ranges::upper_bound(p_values_, alpha);
  return first_ + static_cast<std::size_t>(beyond - p_values_.begin());
}

}  // namespace bytepath::stats
