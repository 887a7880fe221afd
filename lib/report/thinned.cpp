#include "report/thinned.h"

#include <fmt/format.h>

#include <algorithm>

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
  const auto measured = std::partition(medians.begin(), medians.end(),
                                       [](double median) { return median == median; });
  if (measured == medians.end()) {
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

}  // namespace

// NOLINTNEXTLINE(misc-no-recursion): parts have no parts
result::Document thinned(result::Document document) {
  for (auto& series : document.series) thin(series);
  for (auto& table : document.tables) thin(table);
  for (auto& part : document.parts) part = thinned(std::move(part));
  return document;
}

}  // namespace bytepath::report
