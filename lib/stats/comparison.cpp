#include "stats/comparison.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <iterator>
#include <limits>
#include <utility>

#include "stats/sign_test.h"

namespace bytepath::stats {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// Of a normal distribution the median absolute deviation is 1 / 1.4826 of the standard deviation.
constexpr double normal_scale = 1.4826;

// What the spread over the root of the count is multiplied by for the detectable change. Fixed:
// (z(0.975) + z(0.8)) * sqrt(pi / 2), the standard error of a median, is 3.51. The others from
// where P(Bin(n, q) >= n - rank + 1) = 0.8 with the rank of their intervals.
double detectable_factor(Stopping stopping, std::size_t count) {
  return stopping == Stopping::fixed ? 3.5 : 5 * (1 + 8 / static_cast<double>(count));
}
constexpr double unpaired_detectable_factor = 4.2;

bool is_usable(double value) { return std::isfinite(value) && value > 0; }

// Ends of intervals and counts of what lies above a threshold both come from these quotients, not
// from their logarithms: exp(log(1.05)) need not be 1.05.
std::vector<double> usable_ratios(std::span<const double> base, std::span<const double> now) {
  const std::size_t pairs = std::min(base.size(), now.size());
  std::vector<double> ratios;
  ratios.reserve(pairs);
  for (std::size_t i = 0; i < pairs; ++i) {
    const double ratio = now[i] / base[i];
    if (is_usable(base[i]) && is_usable(now[i]) && is_usable(ratio)) ratios.push_back(ratio);
  }
  return ratios;
}

// The values by their rank, sorted no further than was asked for: a few ranks cost O(n) in all.
class Ranking {
 public:
  explicit Ranking(std::vector<double> values) : values_(std::move(values)) {}

  std::size_t size() const { return values_.size(); }

  // Of index 0 the smallest.
  double at(std::size_t index) {
    const auto next = std::ranges::lower_bound(placed_, index);
    if (next != placed_.end() && *next == index) return values_[index];
    const std::size_t begin = next == placed_.begin() ? 0 : *std::prev(next) + 1;
    const std::size_t end = next == placed_.end() ? values_.size() : *next;
    const auto value = [this](std::size_t i) {
      return values_.begin() + static_cast<std::ptrdiff_t>(i);
    };
    std::nth_element(value(begin), value(index), value(end));
    placed_.insert(next, index);
    return values_[index];
  }

  double lower_middle() { return at((values_.size() - 1) / 2); }
  double upper_middle() { return at(values_.size() / 2); }

 private:
  std::vector<double> values_;
  std::vector<std::size_t> placed_;  // indices whose values are in place, sorted
};

double median_of(std::vector<double> values) {
  Ranking ranking(std::move(values));
  return (ranking.lower_middle() + ranking.upper_middle()) / 2;
}

// 1.4826 * the median absolute deviation of the logarithms, of which `center` has the median one.
double spread_of(std::vector<double> values, double center) {
  const double middle = std::log(center);
  for (double& value : values) value = std::abs(std::log(value) - middle);
  return normal_scale * median_of(std::move(values));
}

// Within the two however it rounds, and equal to them where they are equal.
double geometric_middle(Ranking& ranking) {
  const double lower = ranking.lower_middle();
  const double upper = ranking.upper_middle();
  return std::clamp(std::sqrt(lower) * std::sqrt(upper), lower, upper);
}

// Without an interval no change is found, whatever its size.
double detectable_change(double factor, const Effect& effect) {
  if (effect.low == 0 && effect.high == infinity) return infinity;
  return factor * effect.spread / std::sqrt(static_cast<double>(effect.count));
}

SignTest sign_test(std::size_t n, Stopping stopping) {
  return stopping == Stopping::fixed ? SignTest::fixed(n) : SignTest::anytime(n);
}

// Ends of the interval of the median whose rank it is; nothing is known for rank 0.
double low_end(Ranking& ranking, std::size_t rank) { return rank == 0 ? 0 : ranking.at(rank - 1); }
double high_end(Ranking& ranking, std::size_t rank) {
  return rank == 0 ? infinity : ranking.at(ranking.size() - rank);
}

// One set of samples with what the interval of its median needs.
class Samples {
 public:
  explicit Samples(std::span<const double> values) : ranking_({}) {
    std::ranges::copy_if(values, std::back_inserter(usable_), is_usable);
    // A value that had to be left out shows that the others are not the whole truth.
    exact_ = usable_.size() >= exact_samples && left_out(values.size()) == 0 &&
             std::ranges::all_of(usable_, [this](double v) { return v == usable_.front(); });
    if (!exact_) test_ = SignTest::fixed(usable_.size());
    ranking_ = Ranking(usable_);
  }

  std::size_t count() const { return usable_.size(); }
  std::size_t left_out(std::size_t of) const { return of - usable_.size(); }
  double middle() { return geometric_middle(ranking_); }
  double spread() { return spread_of(usable_, middle()); }
  double low(double alpha) { return low_end(ranking_, rank(alpha)); }
  double high(double alpha) { return high_end(ranking_, rank(alpha)); }

 private:
  std::size_t rank(double alpha) const { return exact_ ? 1 : test_.rank(alpha); }

  std::vector<double> usable_;
  Ranking ranking_;
  SignTest test_;
  bool exact_ = false;
};

double ratio_low(Samples& base, Samples& now, double alpha) {
  return now.low(alpha / 2) / base.high(alpha / 2);
}
double ratio_high(Samples& base, Samples& now, double alpha) {
  const double divisor = base.low(alpha / 2);
  return divisor > 0 ? now.high(alpha / 2) / divisor : infinity;
}

// The smallest double from 0 to 1 for which `holds`, which holds for all above it as well; 1 if
// none. Doubles above 0 are ordered as their bits are, so 62 halvings find the very one.
template <typename Predicate>
double smallest_alpha(Predicate holds) {
  if (holds(0.0)) return 0;
  std::uint64_t fails = 0;
  auto succeeds = std::bit_cast<std::uint64_t>(1.0);
  while (succeeds - fails > 1) {
    const std::uint64_t middle = fails + (succeeds - fails) / 2;
    (holds(std::bit_cast<double>(middle)) ? succeeds : fails) = middle;
  }
  return std::bit_cast<double>(succeeds);
}

}  // namespace

std::size_t anytime_median_rank(std::size_t n, double alpha) {
  return SignTest::anytime(n).rank(alpha);
}

Effect paired_effect(std::span<const double> base, std::span<const double> now, Stopping stopping,
                     double alpha) {
  std::vector<double> ratios = usable_ratios(base, now);
  Effect effect;
  effect.count = ratios.size();
  effect.left_out = std::min(base.size(), now.size()) - ratios.size();
  if (ratios.empty()) return effect;
  Ranking ranking(ratios);
  const std::size_t rank = sign_test(ratios.size(), stopping).rank(alpha);
  effect.ties = static_cast<std::size_t>(std::ranges::count(ratios, 1.0));
  effect.ratio = geometric_middle(ranking);
  effect.low = low_end(ranking, rank);
  effect.high = high_end(ranking, rank);
  effect.spread = spread_of(std::move(ratios), effect.ratio);
  effect.detectable = detectable_change(detectable_factor(stopping, effect.count), effect);
  return effect;
}

Effect unpaired_effect(std::span<const double> base, std::span<const double> now, double alpha) {
  Samples before(base);
  Samples after(now);
  Effect effect;
  effect.count = std::min(before.count(), after.count());
  effect.left_out = before.left_out(base.size()) + after.left_out(now.size());
  if (effect.count == 0) return effect;
  effect.ratio = after.middle() / before.middle();
  effect.low = ratio_low(before, after, alpha);
  effect.high = ratio_high(before, after, alpha);
  // The widths of the two intervals add, not their squares.
  effect.spread = before.spread() + after.spread();
  effect.detectable = detectable_change(unpaired_detectable_factor, effect);
  return effect;
}

double paired_above(std::span<const double> base, std::span<const double> now, double threshold,
                    Stopping stopping) {
  const std::vector<double> ratios = usable_ratios(base, now);
  const auto above = static_cast<std::size_t>(
      std::ranges::count_if(ratios, [=](double ratio) { return ratio > threshold; }));
  return sign_test(ratios.size(), stopping).p_value(ratios.size() - above);
}

double paired_below(std::span<const double> base, std::span<const double> now, double threshold,
                    Stopping stopping) {
  const std::vector<double> ratios = usable_ratios(base, now);
  const auto below = static_cast<std::size_t>(
      std::ranges::count_if(ratios, [=](double ratio) { return ratio < threshold; }));
  return sign_test(ratios.size(), stopping).p_value(ratios.size() - below);
}

double unpaired_above(std::span<const double> base, std::span<const double> now, double threshold) {
  Samples before(base);
  Samples after(now);
  return smallest_alpha([&](double alpha) { return ratio_low(before, after, alpha) > threshold; });
}

double unpaired_below(std::span<const double> base, std::span<const double> now, double threshold) {
  Samples before(base);
  Samples after(now);
  return smallest_alpha([&](double alpha) { return ratio_high(before, after, alpha) < threshold; });
}

Change classify(const Effect& effect, double margin) {
  const double upper = 1 + margin;
  const double lower = 1 / upper;
  if (effect.count == 0) return Change::inconclusive;
  if (effect.low > upper) return Change::regression;
  if (effect.high < lower) return Change::improvement;
  const bool within = effect.low >= lower && effect.high <= upper;
  return within ? Change::equivalent : Change::inconclusive;
}

}  // namespace bytepath::stats
