#include "fleet/outliers.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "stats/comparison.h"
#include "stats/order.h"
#include "stats/student.h"

namespace bytepath::fleet {
namespace {

constexpr double normal_mad = 1.4826;  // standard deviations of a normal distribution in a MAD
constexpr double smallest_deviation = 0.005;
constexpr double efficiency_of_mad = 0.37;
constexpr double most_freedom = 5;
constexpr double normal_95 = 1.959964;  // half an interval of 95 % in standard errors

// A scale on which distances of hosts are parts of the usual value.
class Scale {
 public:
  explicit Scale(const std::vector<Observation>& observations) {
    logarithmic_ =
        std::ranges::all_of(observations, [](const auto& each) { return each.median > 0; });
    std::vector<double> medians;
    medians.reserve(observations.size());
    for (const auto& each : observations) medians.push_back(each.median);
    usual_ = stats::median(medians);
    for (double& value : medians) value = (*this)(value);
    centre_ = stats::median(medians);
    for (double& value : medians) value = std::fabs(value - centre_);
    deviation_ = std::max(smallest_deviation, normal_mad * stats::median(medians));
  }

  bool says_something() const { return std::isfinite(usual_) && usual_ != 0; }
  double usual() const { return usual_; }
  double centre() const { return centre_; }
  double deviation() const { return deviation_; }

  double operator()(double value) const {
    return logarithmic_ ? std::log(value) : value / std::fabs(usual_);
  }
  // 0 where a host's interval says nothing.
  double standard_error(const Observation& each) const {
    const double error = ((*this)(each.high) - (*this)(each.low)) / (2 * normal_95);
    return std::isfinite(error) && error > 0 ? error : 0;
  }

 private:
  bool logarithmic_ = false;
  double usual_ = 0;
  double centre_ = 0;
  double deviation_ = 0;
};

// Is all of the host's interval further away than the margin?
bool beyond(double margin, const Observation& each, const Scale& scale) {
  const double wide = std::fabs(scale.usual()) * margin;
  const double low = std::isfinite(each.low) ? std::min(each.low, each.median) : each.median;
  const double high = std::isfinite(each.high) ? std::max(each.high, each.median) : each.median;
  return low > scale.usual() + wide || high < scale.usual() - wide;
}

class Search {
 public:
  Search(const Fleet& fleet, const OutlierRules& rules) : fleet_(fleet), rules_(rules) {}

  Outliers find() {
    std::uint32_t number = 0;
    for (const Group* group : fleet_.groups()) test(*group, number++);
    const auto adjusted = stats::holm_adjusted(p_values_);
    Outliers out{.tested = p_values_.size(), .groups_too_small = too_small_};
    for (auto& [outlier, test] : candidates_) {
      outlier.p = adjusted[test];
      if (outlier.p <= rules_.false_alarms) out.found.push_back(outlier);
    }
    std::ranges::stable_sort(out.found, [](const Outlier& a, const Outlier& b) {
      if (a.group != b.group) return a.group < b.group;
      return std::fabs(a.deviations) > std::fabs(b.deviations);
    });
    return out;
  }

 private:
  struct Candidate {
    Outlier outlier;
    std::size_t test = 0;
  };

  void test(const Group& group, std::uint32_t number) {
    if (group.hosts.size() < rules_.fewest_hosts) {
      ++too_small_;
      return;
    }
    for (const auto& [metric, all] : group.metrics) {
      std::vector<Observation> observations;
      std::ranges::copy_if(all, std::back_inserter(observations),
                           [](const auto& each) { return std::isfinite(each.median); });
      if (observations.size() < rules_.fewest_hosts) continue;
      const Scale scale(observations);
      if (!scale.says_something()) continue;
      test(observations, scale, {.group = number, .metric = metric, .usual = scale.usual()});
    }
  }

  void test(const std::vector<Observation>& observations, const Scale& scale, Outlier outlier) {
    const auto count = static_cast<double>(observations.size());
    const double freedom = std::min(most_freedom, efficiency_of_mad * (count - 1));
    // The centre is known only so well: the variance of a median of normal values.
    const double of_centre = 1 + std::numbers::pi / 2 / count;
    for (const auto& each : observations) {
      const double scatter = std::sqrt(of_centre * scale.deviation() * scale.deviation() +
                                       std::pow(scale.standard_error(each), 2));
      outlier.host = each.host;
      outlier.value = each.median;
      outlier.deviations = (scale(each.median) - scale.centre()) / scatter;
      p_values_.push_back(stats::student_two_sided(outlier.deviations, freedom));
      if (beyond(rules_.margin, each, scale)) {
        candidates_.push_back({.outlier = outlier, .test = p_values_.size() - 1});
      }
    }
  }

  const Fleet& fleet_;
  const OutlierRules& rules_;
  std::vector<double> p_values_;
  std::vector<Candidate> candidates_;
  std::size_t too_small_ = 0;
};

}  // namespace

Outliers find_outliers(const Fleet& fleet, const OutlierRules& rules) {
  return Search(fleet, rules).find();
}

}  // namespace bytepath::fleet
