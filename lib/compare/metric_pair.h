#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compare/suite.h"
#include "stats/comparison.h"

namespace bytepath::compare {

// One metric measured twice, ready for lib/stats.
//
// Counts may be 0, whose logarithm is not a number, and a gate of "+0" must see 0 become 5: a 0 is
// taken as an infinitesimal, 1e-200. Then 0 against 0 is exactly 1 (a tie), 0 against 5 is larger
// than any finite ratio and 5 against 0 smaller, and as medians, intervals and sign tests go by
// order alone they stay exact. What comes out beyond 1e80 is infinite, below 1e-80 it is 0.
// Times and ratios of 0 are below the clock's resolution and left out.
class MetricPair {
 public:
  // With `pairs` (how their number was settled) sample i of one was measured with sample i of the
  // other. Where a side has no samples both are taken by median, low and high.
  MetricPair(const Measured& base, const Measured& now, std::optional<stats::Stopping> pairs);

  const stats::Effect& effect() const { return effect_; }  // now / base
  std::vector<double> ratios() const;  // of each pair, now / base; empty where there are none
  double baseline() const { return baseline_; }  // medians, of one unit
  double now() const { return now_; }
  bool is_paired() const { return pairs_.has_value(); }

  // The effect as a factor above which it is worse: base / now for what should be high.
  stats::Effect worsening() const;

  // How surely that factor is above 1 + margin: see stats::paired_above. Of medians and intervals
  // alone by the normal distribution, to which the intervals' ends are 1.96 standard errors.
  double p_worse(double margin) const;

  // Why no interval could be had, or empty: "needs at least 6 pairs".
  std::string lack() const;

  // "3 of 30 pairs left out (zero time)", or empty.
  std::string left_out() const;

 private:
  void compare_samples();
  void compare_medians(const Measured& base, const Measured& now);

  std::vector<double> base_samples_;
  std::vector<double> now_samples_;
  std::optional<stats::Stopping> pairs_;
  Kind kind_;
  bool higher_is_better_;
  bool medians_only_ = false;
  std::size_t dropped_before_ = 0;  // by the reader
  double baseline_ = 0;
  double now_ = 0;
  stats::Effect effect_;
};

// What a value of one unit is multiplied with to be one of the other: 1e9 from "s" to "ns", 1 for
// equal units; nothing where they do not measure the same.
std::optional<double> unit_factor(std::string_view from, std::string_view to);

}  // namespace bytepath::compare
