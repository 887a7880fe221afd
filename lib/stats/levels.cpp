#include "stats/levels.h"

#include <algorithm>
#include <cmath>

#include "stats/order.h"

namespace bytepath::stats {
namespace {

// Finer than smallest_step needs, so that the grid itself decides nothing.
constexpr double grid_step = 0.1;  // of the natural logarithm: 10.5 %
// Two cuts cost more than one outlier of the usual cap (log 4 = 1.39) and less than two that agree;
// without a cap a single value stands alone from a factor of exp(2 * 1.04) = 8 on.
constexpr double cut_price = 1.04;

std::vector<double> logarithms(std::span<const double> values) {
  std::vector<double> out(values.size());
  double previous = 0;
  for (const double value : values) {
    if (std::isfinite(value) && value > 0) {
      previous = std::log(value);
      break;
    }
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isfinite(values[i]) && values[i] > 0) previous = std::log(values[i]);
    out[i] = previous;
  }
  return out;
}

std::vector<double> level_grid(const std::vector<double>& logs) {
  const auto [low, high] = std::ranges::minmax(logs);
  const auto count = static_cast<std::size_t>(std::ceil((high - low) / grid_step)) + 1;
  std::vector<double> grid(count);
  for (std::size_t i = 0; i < count; ++i) grid[i] = low + static_cast<double>(i) * grid_step;
  return grid;
}

// For each value the index of its level on the cheapest path.
std::vector<std::size_t> cheapest_path(const std::vector<double>& logs,
                                       const std::vector<double>& grid, double cap, double cut) {
  const std::size_t levels = grid.size();
  std::vector<double> cost(levels, 0);
  // came_from[i * levels + l]: the level before i on the best path that is at l after i.
  std::vector<std::size_t> came_from(logs.size() * levels);
  for (std::size_t i = 0; i < logs.size(); ++i) {
    const auto best = static_cast<std::size_t>(std::ranges::min_element(cost) - cost.begin());
    const double switched = cost[best] + cut;
    for (std::size_t l = 0; l < levels; ++l) {
      const bool stays = i == 0 || cost[l] <= switched;
      came_from[i * levels + l] = stays ? l : best;
      cost[l] = (stays ? cost[l] : switched) + std::min(std::abs(logs[i] - grid[l]), cap);
    }
  }
  std::vector<std::size_t> path(logs.size());
  auto level = static_cast<std::size_t>(std::ranges::min_element(cost) - cost.begin());
  for (std::size_t i = logs.size(); i-- > 0;) {
    path[i] = level;
    level = came_from[i * levels + level];
  }
  return path;
}

Stretch stretch_of(std::span<const double> values, std::size_t first, std::size_t last) {
  return {.first = first, .last = last, .level = median(values.subspan(first, last - first + 1))};
}

double apart(const Stretch& a, const Stretch& b) { return std::abs(std::log(b.level / a.level)); }

void join(std::span<const double> values, std::vector<Stretch>& stretches, std::size_t left) {
  const auto at = static_cast<std::ptrdiff_t>(left);
  stretches[left] = stretch_of(values, stretches[left].first, stretches[left + 1].last);
  stretches.erase(stretches.begin() + at + 1);
}

// Gives the shortest stretch below `fewest` values to its more alike neighbour until there is none.
void join_short(std::span<const double> values, std::vector<Stretch>& stretches,
                std::size_t fewest) {
  while (stretches.size() > 1) {
    const auto length = [](const Stretch& s) { return s.last - s.first + 1; };
    const auto shortest = std::ranges::min_element(stretches, {}, length);
    if (length(*shortest) >= fewest) return;
    const auto i = static_cast<std::size_t>(shortest - stretches.begin());
    const bool to_left =
        i > 0 && (i + 1 == stretches.size() ||
                  apart(stretches[i - 1], *shortest) <= apart(*shortest, stretches[i + 1]));
    join(values, stretches, to_left ? i - 1 : i);
  }
}

// Joins the two most alike neighbours until all differ by `step`.
void join_alike(std::span<const double> values, std::vector<Stretch>& stretches, double step) {
  while (stretches.size() > 1) {
    std::size_t most_alike = 0;
    for (std::size_t i = 1; i + 1 < stretches.size(); ++i) {
      if (apart(stretches[i], stretches[i + 1]) <
          apart(stretches[most_alike], stretches[most_alike + 1])) {
        most_alike = i;
      }
    }
    if (apart(stretches[most_alike], stretches[most_alike + 1]) >= std::log(step)) return;
    join(values, stretches, most_alike);
  }
}

}  // namespace

std::vector<Stretch> find_levels(std::span<const double> values, const LevelOptions& options) {
  if (values.empty()) return {};
  const auto logs = logarithms(values);
  const double cap = std::log(options.outlier);
  const auto path = cheapest_path(logs, level_grid(logs), cap, cut_price);
  std::vector<double> clean(logs.size());
  std::ranges::transform(logs, clean.begin(), [](double log) { return std::exp(log); });
  std::vector<Stretch> stretches;
  for (std::size_t first = 0; first < path.size();) {
    std::size_t last = first;
    while (last + 1 < path.size() && path[last + 1] == path[first]) ++last;
    stretches.push_back(stretch_of(clean, first, last));
    first = last + 1;
  }
  join_short(clean, stretches, options.fewest);
  join_alike(clean, stretches, options.smallest_step);
  return stretches;
}

}  // namespace bytepath::stats
