#include "stats/plateaus.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "stats/monotone.h"
#include "stats/order.h"

namespace bytepath::stats {
namespace {

// A way up has no shape that it could miss: its points cost less than one that lies outside of the
// noise of a plateau, and more than most that lie within.
constexpr double way_up_price = 1.0;
constexpr double most_of_a_point = 4.0;
constexpr double plateau_price = 3.0;
// What one plateau more or less than expected has to explain: some seven points, half an octave of
// twelve each.
constexpr double surprise_price = 8.0;
// In logarithms. Real plateaus rise a little, however well they are known; and what scatters more
// is not taken for flat.
constexpr double least_noise = 0.04;
constexpr double most_noise = 0.12;
constexpr std::size_t most_plateaus = 8;

// Of one point, from how much neighbours differ: on a staircase most of them are on one plateau.
double noise_of(std::span<const double> logs) {
  std::vector<double> steps;
  for (std::size_t i = 1; i < logs.size(); ++i) steps.push_back(std::abs(logs[i] - logs[i - 1]));
  constexpr double deviation_of_median = 1.4826;  // of a normal distribution
  return std::clamp(deviation_of_median * median(steps) / std::numbers::sqrt2, least_noise,
                    most_noise);
}

class Staircase {
 public:
  Staircase(std::span<const double> x, std::vector<double> logs, double noise,
            const PlateauOptions& options)
      : x_(x), logs_(std::move(logs)), tolerance_(2 * noise), options_(options) {}

  std::vector<Plateau> cheapest();

 private:
  struct Step {
    double cost = std::numeric_limits<double>::infinity();
    std::size_t from = 0;
    bool flat = false;  // x[from..] up to here is a plateau; else one point of a way up
  };

  // costs_[i][j]: of points i..j as one plateau.
  void price_plateaus();
  double octaves(std::size_t first, std::size_t last) const {
    return std::log2(x_[last] / x_[first]);
  }
  std::vector<Plateau> trace_back(const std::vector<std::vector<Step>>& steps,
                                  std::size_t count) const;

  std::span<const double> x_;
  std::vector<double> logs_;
  double tolerance_;
  PlateauOptions options_;
  std::vector<std::vector<double>> costs_;
};

void Staircase::price_plateaus() {
  const std::size_t n = logs_.size();
  costs_.assign(n, std::vector<double>(n, std::numeric_limits<double>::infinity()));
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = i + 2; j < n; ++j) {
      if (octaves(i, j) < options_.shortest_octaves) continue;
      const double level = logs_[(i + j) / 2];  // the median: the curve rises
      double cost = plateau_price;
      for (std::size_t k = i; k <= j; ++k) {
        const double away = (logs_[k] - level) / tolerance_;
        cost += std::min(away * away, most_of_a_point);
      }
      costs_[i][j] = cost;
    }
  }
}

std::vector<Plateau> Staircase::cheapest() {
  price_plateaus();
  const std::size_t n = logs_.size();
  // steps[k][j]: the cheapest way to cover the points before j with k plateaus.
  std::vector<std::vector<Step>> steps(most_plateaus + 1, std::vector<Step>(n + 1));
  steps[0][0].cost = 0;
  for (std::size_t k = 0; k <= most_plateaus; ++k) {
    for (std::size_t j = 1; j <= n; ++j) {
      Step& best = steps[k][j];
      best = {.cost = steps[k][j - 1].cost + way_up_price, .from = j - 1, .flat = false};
      for (std::size_t i = 0; k > 0 && i < j; ++i) {
        const double cost = steps[k - 1][i].cost + costs_[i][j - 1];
        if (cost < best.cost) best = {.cost = cost, .from = i, .flat = true};
      }
    }
  }
  std::size_t count = 0;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t k = 0; k <= most_plateaus; ++k) {
    const std::size_t off = k > options_.expected ? k - options_.expected : options_.expected - k;
    const double surprise = options_.expected == 0 ? 0 : surprise_price * static_cast<double>(off);
    if (steps[k][n].cost + surprise >= least) continue;
    least = steps[k][n].cost + surprise;
    count = k;
  }
  return trace_back(steps, count);
}

std::vector<Plateau> Staircase::trace_back(const std::vector<std::vector<Step>>& steps,
                                           std::size_t count) const {
  std::vector<Plateau> found;
  for (std::size_t j = logs_.size(); j > 0;) {
    const Step& step = steps[count][j];
    if (step.flat) {
      found.push_back({.first = step.from, .last = j - 1});
      --count;
    }
    j = step.from;
  }
  std::ranges::reverse(found);
  return found;
}

void join_alike(std::vector<Plateau>& plateaus, std::span<const double> values, double step) {
  for (std::size_t i = 0; i + 1 < plateaus.size();) {
    if (plateaus[i + 1].level / plateaus[i].level >= step) {
      ++i;
      continue;
    }
    plateaus[i].last = plateaus[i + 1].last;
    plateaus[i].level =
        median(values.subspan(plateaus[i].first, plateaus[i].last - plateaus[i].first + 1));
    plateaus.erase(plateaus.begin() + static_cast<std::ptrdiff_t>(i) + 1);
  }
}

// Where the rising curve reaches `level`, a logarithm, from point `first` on.
double crossing(std::span<const double> x, std::span<const double> logs, std::size_t first,
                double level) {
  std::size_t at = std::max<std::size_t>(first, 1);
  while (at + 1 < logs.size() && logs[at] < level) ++at;
  const double below = logs[at - 1];
  const double above = logs[at];
  const double part = above > below ? std::clamp((level - below) / (above - below), 0.0, 1.0) : 0;
  return std::exp(std::log(x[at - 1]) + part * std::log(x[at] / x[at - 1]));
}

}  // namespace

std::vector<Plateau> find_plateaus(std::span<const double> x, std::span<const double> values,
                                   const PlateauOptions& options) {
  if (values.size() < 3 || values.size() != x.size()) return {};
  std::vector<double> logs(values.size());
  std::ranges::transform(values, logs.begin(), [](double value) { return std::log(value); });
  const double noise = noise_of(logs);
  const std::vector<double> rising = nearest_rising(logs);
  auto plateaus = Staircase(x, rising, noise, options).cheapest();
  for (auto& plateau : plateaus)
    plateau.level = median(values.subspan(plateau.first, plateau.last - plateau.first + 1));
  join_alike(plateaus, values, options.smallest_step);
  for (std::size_t i = 0; i + 1 < plateaus.size(); ++i) {
    const double middle = std::log(plateaus[i].level * plateaus[i + 1].level) / 2;
    plateaus[i].knee = crossing(x, rising, plateaus[i].first, middle);
  }
  return plateaus;
}

}  // namespace bytepath::stats
