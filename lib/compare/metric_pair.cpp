#include "compare/metric_pair.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "stats/order.h"

namespace bytepath::compare {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinitesimal = 1e-200;
constexpr double beyond_all_counts = 1e80;
constexpr double beyond_all_spreads = 100;  // of logarithms; log(1e80) is 184
constexpr std::size_t fewest = 6;           // for an interval of 95 %: 2 / 2^6 is 3 %
constexpr double end_of_interval = 1.96;    // standard errors of a 95 % interval
constexpr double end_with_power = 2.80;     // and those that 80 of 100 cases find

double substitute(double value, Kind kind) {
  return kind == Kind::count && value == 0 ? infinitesimal : value;
}

double restore(double ratio) {
  if (ratio > beyond_all_counts) return infinity;
  return ratio < 1 / beyond_all_counts ? 0 : ratio;
}

stats::Effect restore(stats::Effect effect) {
  effect.ratio = std::isnan(effect.ratio) ? effect.ratio : restore(effect.ratio);
  effect.low = restore(effect.low);
  effect.high = restore(effect.high);
  if (effect.spread > beyond_all_spreads) effect.spread = effect.detectable = infinity;
  return effect;
}

std::vector<double> prepared(const std::vector<double>& samples, Kind kind, double factor) {
  std::vector<double> out;
  out.reserve(samples.size());
  for (const double sample : samples) out.push_back(substitute(sample * factor, kind));
  return out;
}

double median_of(const Measured& measured) {
  const double median =
      measured.samples.empty() ? measured.median : stats::summarize(measured.samples).median;
  return std::isfinite(median) ? median : not_a_number;
}

bool has_interval(const Measured& measured) {
  return measured.count >= fewest && std::isfinite(measured.low) && std::isfinite(measured.high) &&
         measured.low >= 0 && measured.low <= measured.median && measured.median <= measured.high;
}

std::size_t pairs_needed(stats::Stopping stopping) {
  if (stopping == stats::Stopping::fixed) return fewest;
  std::size_t count = fewest;
  while (stats::anytime_median_rank(count) == 0) ++count;
  return count;
}

// Each of the two intervals is one of 97.5 %.
std::size_t samples_needed() {
  std::size_t count = fewest;
  while (stats::median_rank(count, 0.975) == 0) ++count;
  return count;
}

}  // namespace

MetricPair::MetricPair(const Measured& base, const Measured& now,
                       std::optional<stats::Stopping> pairs)
    : pairs_(pairs), kind_(now.kind), higher_is_better_(now.better == result::Better::higher) {
  const double factor = unit_factor(base.unit, now.unit).value_or(not_a_number);
  baseline_ = median_of(base) * factor;
  now_ = median_of(now);
  if (base.samples.empty() || now.samples.empty()) {
    medians_only_ = true;
    compare_medians(base, now);
  } else {
    base_samples_ = prepared(base.samples, kind_, factor);
    now_samples_ = prepared(now.samples, kind_, 1);
    if (!pairs_) dropped_before_ = base.left_out + now.left_out;
    compare_samples();
  }
}

void MetricPair::compare_samples() {
  effect_ = restore(pairs_ ? stats::paired_effect(base_samples_, now_samples_, *pairs_)
                           : stats::unpaired_effect(base_samples_, now_samples_));
}

void MetricPair::compare_medians(const Measured& base, const Measured& now) {
  const double before = substitute(baseline_, kind_);
  const double after = substitute(now_, kind_);
  if (!(before > 0) || !(after > 0)) return;
  effect_.count = std::min(base.count, now.count);
  effect_.ratio = restore(after / before);
  if (!has_interval(base) || !has_interval(now)) return;
  const double factor = baseline_ == 0 ? 1 : baseline_ / base.median;
  effect_.low = restore(substitute(now.low, kind_) / (substitute(base.high * factor, kind_)));
  effect_.high = restore(substitute(now.high, kind_) / (substitute(base.low * factor, kind_)));
  effect_.detectable =
      std::log(effect_.high / effect_.low) / 2 * (end_with_power / end_of_interval);
  if (effect_.low == effect_.high) effect_.detectable = 0;
}

std::vector<double> MetricPair::ratios() const {
  std::vector<double> all;
  if (!pairs_ || base_samples_.size() != now_samples_.size()) return all;
  all.reserve(now_samples_.size());
  for (std::size_t i = 0; i < now_samples_.size(); ++i)
    all.push_back(restore(now_samples_[i] / base_samples_[i]));
  return all;
}

stats::Effect MetricPair::worsening() const {
  stats::Effect effect = effect_;
  if (higher_is_better_) {
    effect.ratio = 1 / effect_.ratio;
    effect.low = 1 / effect_.high;
    effect.high = 1 / effect_.low;
  }
  return effect;
}

double MetricPair::p_worse(double margin) const {
  const double threshold = 1 + margin;
  if (medians_only_) {
    const auto effect = worsening();
    if (!lack().empty() || !(effect.low > 0) || !(effect.ratio > threshold)) return 1;
    if (effect.low == effect.ratio) return 0;
    const double error = std::log(effect.ratio / effect.low) / end_of_interval;
    return std::erfc(std::log(effect.ratio / threshold) / error / std::numbers::sqrt2);
  }
  const auto& base = higher_is_better_ ? now_samples_ : base_samples_;
  const auto& now = higher_is_better_ ? base_samples_ : now_samples_;
  return pairs_ ? stats::paired_above(base, now, threshold, *pairs_)
                : stats::unpaired_above(base, now, threshold);
}

std::string MetricPair::lack() const {
  if (effect_.low > 0 || std::isfinite(effect_.high)) return {};
  if (medians_only_) return "only the median is known";
  const std::size_t needed = pairs_ ? pairs_needed(*pairs_) : samples_needed();
  if (effect_.count >= needed) return {};
  return fmt::format("needs at least {} {}", needed, pairs_ ? "pairs" : "samples of each");
}

std::string MetricPair::left_out() const {
  const std::size_t count = effect_.left_out + dropped_before_;
  if (count == 0) return {};
  std::string why = "no number";
  if (kind_ != Kind::count) {
    const auto is_zero = [](double sample) { return sample == 0; };
    const bool zeros =
        std::ranges::any_of(base_samples_, is_zero) || std::ranges::any_of(now_samples_, is_zero);
    if (zeros) why = kind_ == Kind::time ? "zero time" : "zero";
  }
  const std::size_t all = pairs_ ? std::min(base_samples_.size(), now_samples_.size())
                                 : base_samples_.size() + now_samples_.size() + dropped_before_;
  return fmt::format("{} of {} {} left out ({})", count, all, pairs_ ? "pairs" : "samples", why);
}

std::optional<double> unit_factor(std::string_view from, std::string_view to) {
  if (from == to) return 1;
  constexpr std::array<std::pair<std::string_view, double>, 4> times = {
      {{"s", 1e9}, {"ms", 1e6}, {"us", 1e3}, {"ns", 1}}};
  const auto* const first =
      std::ranges::find(times, from, [](const auto& unit) { return unit.first; });
  const auto* const second =
      std::ranges::find(times, to, [](const auto& unit) { return unit.first; });
  if (first == times.end() || second == times.end()) return std::nullopt;
  return first->second / second->second;
}

}  // namespace bytepath::compare
