#include "report/thinned.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <vector>

namespace bytepath::report {
namespace {

using result::Point;

Point merged(std::vector<Point>::const_iterator begin, std::vector<Point>::const_iterator end) {
  Point all = *(begin + (end - begin) / 2);
  std::vector<double> medians;
  all.count = 0;
  for (auto point = begin; point != end; ++point) {
    medians.push_back(point->median);
    all.low = std::min(all.low, point->low);
    all.high = std::max(all.high, point->high);
    all.count += point->count;
  }
  const auto middle = medians.begin() + static_cast<std::ptrdiff_t>(medians.size() / 2);
  // Not measured is NaN, which has no place in an order.
  const auto not_measured =
      std::ranges::partition(medians, [](double median) { return median == median; });
  if (not_measured.empty()) {
    std::ranges::nth_element(medians, middle);
    all.median = *middle;
  }
  return all;
}

void thin(result::Series& series) {
  const std::size_t count = series.points.size();
  if (count <= max_drawn_points) return;
  const std::size_t step = (count + max_drawn_points / 2 - 1) / (max_drawn_points / 2);
  std::vector<Point> drawn;
  for (std::size_t i = 0; i < count; i += step) {
    const auto begin = series.points.cbegin() + static_cast<std::ptrdiff_t>(i);
    drawn.push_back(merged(begin, begin + static_cast<std::ptrdiff_t>(std::min(step, count - i))));
  }
  if (!series.title.empty()) series.title += fmt::format(" ({} points, {} together)", count, step);
  series.points = std::move(drawn);
}

void thin(result::Table& table) {
  const std::size_t count = table.rows.size();
  if (count <= max_shown_rows) return;
  table.rows.resize(max_shown_rows);
  if (table.title.empty()) table.title = table.name;
  table.title += fmt::format(" (the first {} of {} rows)", max_shown_rows, count);
}

// How far a cell is from the usual one, as its colour tells it.
class Unusual {
 public:
  explicit Unusual(const result::HeatMap& map) : log_(map.log) {
    std::vector<double> all;
    for (const auto& row : map.values)
      std::ranges::copy_if(row, std::back_inserter(all), [](double v) { return std::isfinite(v); });
    if (all.empty()) return;
    const auto middle = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2);
    std::ranges::nth_element(all, middle);
    usual_ = at(*middle);
  }
  // Below 0 for one that was not measured.
  double operator()(double value) const {
    return std::isnan(value) ? -1 : std::abs(at(value) - usual_);
  }

 private:
  double at(double value) const { return log_ ? std::log(std::max(value, least)) : value; }
  static constexpr double least = 1e-300;
  bool log_;
  double usual_ = 0;
};

std::size_t divided_up(std::size_t whole, std::size_t by) { return (whole + by - 1) / by; }

// The first of each `step`.
template <class T>
std::vector<T> every(const std::vector<T>& all, std::size_t step) {
  std::vector<T> out;
  for (std::size_t i = 0; i < all.size(); i += step) out.push_back(all[i]);
  return out;
}

void thin(result::HeatMap& map) {
  const std::size_t rows = map.values.size();
  const std::size_t columns = map.x.size();
  if (rows * columns <= max_drawn_cells) return;
  const std::size_t high = divided_up(rows, max_drawn_lanes);
  const std::size_t wide = divided_up(columns * divided_up(rows, high), max_drawn_cells);
  const Unusual unusual(map);
  std::vector<std::vector<double>> values(
      divided_up(rows, high), std::vector<double>(divided_up(columns, wide), std::nan("")));
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t column = 0; column < columns; ++column) {
      double& shown = values[row / high][column / wide];
      const double value = map.values[row][column];
      if (unusual(value) > unusual(shown)) shown = value;
    }
  }
  if (!map.title.empty())
    map.title +=
        fmt::format(" ({} times {} cells, {} times {} together)", columns, rows, wide, high);
  map.values = std::move(values);
  map.x = every(map.x, wide);
  map.y = every(map.y, high);
  map.y_names = every(map.y_names, high);
}

}  // namespace

// NOLINTNEXTLINE(misc-no-recursion): parts have no parts
result::Document thinned(result::Document document) {
  for (auto& series : document.series) thin(series);
  for (auto& map : document.heatmaps) thin(map);
  for (auto& table : document.tables) thin(table);
  for (auto& part : document.parts) part = thinned(std::move(part));
  return document;
}

}  // namespace bytepath::report
