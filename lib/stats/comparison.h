#pragma once
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

// How much slower is B than A, with an interval that holds whatever the noise looks like. Effects
// are ratios (new over base) and are computed on logarithms, so that A over B is one over B over A.
namespace bytepath::stats {

// When the number of pairs was settled: before the first of them (or by the clock), or by looking
// at the results after each pair. The latter needs a wider interval to keep its promise.
enum class Stopping { fixed, anytime };

// As it begins: nothing is known of it.
struct Effect {
  std::size_t count = 0;     // pairs used; of unpaired samples the smaller side's
  std::size_t ties = 0;      // pairs whose two values are equal
  std::size_t left_out = 0;  // pairs, or samples, that are not above 0 or not finite
  // exp of the median of log(new / base); NaN for no pairs.
  double ratio = std::numeric_limits<double>::quiet_NaN();
  // The interval of the ratio: 0 and infinity where there are too few pairs for one.
  double low = 0;
  double high = std::numeric_limits<double>::infinity();
  // 1.4826 * median absolute deviation of the logarithms; of unpaired samples the sum of the
  // sides'.
  double spread = 0;
  // The smallest change that so many pairs of such spread find in 80 of 100 cases, as a part of 1
  // (0.05 is 5 %): 3.5 * spread / sqrt(count); instead of 3.5 for Stopping::anytime
  // 5 * (1 + 8 / count), for unpaired samples 4.2. Fitted to recorded series and simulation; see
  // bytepath-methods(7). Infinite where there is no interval.
  double detectable = std::numeric_limits<double>::infinity();
};

// The rank k for which [k-th smallest, k-th largest] of n logarithms holds the true median at every
// n at once with probability 1 - alpha, so that one may stop when one likes: the sign sequence is
// tested against the Beta(10,10) mixture of binomials, lnB(10+s,10+n-s) - lnB(10,10) + n ln 2 >=
// ln(1/alpha) rejects a count s (Ville's inequality; Howard, Ramdas, McAuliffe, Sekhon 2021). The
// rank is the number of rejected counts below n/2; 0 where none is.
std::size_t anytime_median_rank(std::size_t n, double alpha = 0.05);

// Pairs base[i] with now[i]; what one side has more is ignored.
Effect paired_effect(std::span<const double> base, std::span<const double> now,
                     Stopping stopping = Stopping::fixed, double alpha = 0.05);

// Equal samples that are taken as exact: as many as an interval of 95 % needs (2 / 2^6 is 3 %), for
// of fewer the next may well differ.
inline constexpr std::size_t exact_samples = 6;

// Two independent sets of samples. The interval divides the ends of the two medians' intervals,
// each at 1 - alpha/2, which is wider than needed and never too narrow. Where every value of a side
// is the same number, and there are exact_samples or more, that side is taken as exact: counts are.
Effect unpaired_effect(std::span<const double> base, std::span<const double> now,
                       double alpha = 0.05);

// How surely the ratio lies above a threshold (itself a ratio, 1.05): the smallest alpha at which
// the interval of the effect function of the same name would lie wholly above it; 1 where none
// does. So `p <= alpha` and "the interval is above" are the same statement, and p is two-sided.
// Paired and fixed: 2 * P(Bin(n, 1/2) >= the number of log ratios above it), at most 1, exact for
// every n up to a million. Paired and anytime: one over the mixture's likelihood ratio. Unpaired:
// found by bisection. A value equal to the threshold counts against it.
double paired_above(std::span<const double> base, std::span<const double> now, double threshold,
                    Stopping stopping = Stopping::fixed);
double paired_below(std::span<const double> base, std::span<const double> now, double threshold,
                    Stopping stopping = Stopping::fixed);
double unpaired_above(std::span<const double> base, std::span<const double> now, double threshold);
double unpaired_below(std::span<const double> base, std::span<const double> now, double threshold);

// Holm's step-down adjustment (Holm 1979): adjusted[i] <= alpha rejects hypothesis i while the
// chance of any false rejection stays below alpha.
std::vector<double> holm_adjusted(std::span<const double> p_values);

// Beyond the margin or within it. `margin` is a part of 1: 0.02 is 2 %. Lower is better: a ratio
// whose interval lies above 1 + margin is a regression; below 1 / (1 + margin) an improvement;
// wholly between the two equivalent; else inconclusive. For margin 0 nothing is equivalent but an
// interval that is exactly 1.
enum class Change { regression, improvement, equivalent, inconclusive };
Change classify(const Effect& effect, double margin);

}  // namespace bytepath::stats
