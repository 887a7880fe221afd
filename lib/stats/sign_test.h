#pragma once
#include <cstddef>
#include <vector>

namespace bytepath::stats {

// The two-sided sign test of n signs that are fair coins if the median is where one says: how
// unlikely is it that no more than `count` of them lie on the one side? Intervals and p-values both
// come from one table of one object, so that they agree to the last bit.
class SignTest {
 public:
  // For n settled beforehand: 2 * P(Bin(n, 1/2) <= count).
  static SignTest fixed(std::size_t n);

  // For a look after every sign: one over the likelihood ratio of the Beta(10,10) mixture of
  // binomials to the fair coin. A ratio that is right at any one time exceeds 1 / alpha at some
  // time with probability alpha at most (Ville's inequality).
  static SignTest anytime(std::size_t n);

  // 1 from n / 2 on; 0 where it is below the smallest double.
  double p_value(std::size_t count) const;

  // How many of the counts 0, 1, ... below n / 2 have a p-value of at most alpha: the largest k for
  // which the k-th smallest and the k-th largest of n values (from 1) hold their median with
  // confidence 1 - alpha, alpha below 1. 0 when even the extremes do not.
  std::size_t rank(double alpha) const;

 private:
  std::size_t first_ = 0;         // the p-values of smaller counts are 0
  std::vector<double> p_values_;  // of first_, first_ + 1, ..., the last count below n / 2 (floor)
};

}  // namespace bytepath::stats
