#include "verdict/offset_classes.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "stats/levels.h"
#include "stats/order.h"

namespace bytepath::verdict {
namespace {

// The anomalies known all lie near d = 0, so the middle of the page is the plain copy. Where it is
// not, its median is still what most offsets cost.
constexpr unsigned near = 128;
constexpr std::size_t fewest_points = 8;
// A median of so many rounds is no longer moved by an interrupt: a single slow offset counts.
constexpr std::uint64_t robust_count = 9;

// Ratios beyond are no times of copies, and would only make the search for levels long.
constexpr double largest_ratio = 1e6;

std::vector<result::Point> usable(std::span<const result::Point> points) {
  std::vector<result::Point> out;
  for (const auto& point : points) {
    const bool is_time = std::isfinite(point.median) && point.median > 0;
    if (is_time && point.x >= 0 && point.x < page_offsets) out.push_back(point);
  }
  std::ranges::sort(out, {}, [](const auto& point) { return std::pair(point.x, point.median); });
  const auto repeated = std::ranges::unique(out, {}, &result::Point::x);
  out.erase(repeated.begin(), repeated.end());
  return out;
}

double far_median(std::span<const result::Point> points) {
  std::vector<double> far;
  std::vector<double> all;
  for (const auto& point : points) {
    all.push_back(point.median);
    if (point.x >= near && point.x <= page_offsets - near) far.push_back(point.median);
  }
  return stats::median(far.size() >= fewest_points ? far : all);
}

// The curve cut open where nothing happens, at the first point past the middle of the page, so that
// a class around d = 0 stays in one piece.
std::vector<result::Point> cut_open(std::span<const result::Point> points) {
  std::vector<result::Point> out(points.begin(), points.end());
  const auto middle =
      std::ranges::find_if(out, [](const auto& point) { return 2 * point.x >= page_offsets; });
  std::ranges::rotate(out, middle == out.end() ? out.begin() : middle);
  return out;
}

// A neighbour on the core's other hardware thread slows a copy by up to half, now this offset and
// now that: two slow stretches side by side are one class unless they are further apart.
bool are_one_class(const stats::Stretch& a, const stats::Stretch& b) {
  constexpr double class_step = 2;
  const auto [low, high] = std::minmax(a.level, b.level);
  return low >= slow_factor && high < class_step * low;
}

// Around the end of the values when first is the larger.
double median_between(const std::vector<double>& values, std::size_t first, std::size_t last) {
  std::vector<double> chosen;
  for (std::size_t i = first; i != last; i = (i + 1) % values.size()) chosen.push_back(values[i]);
  chosen.push_back(values[last]);
  return stats::median(chosen);
}

}  // namespace

OffsetClasses find_offset_classes(std::span<const result::Point> measured) {
  const auto points = usable(measured);
  if (points.size() < fewest_points) return {};
  OffsetClasses found{.baseline = far_median(points)};
  const auto opened = cut_open(points);
  std::vector<double> ratios;
  bool robust = true;
  for (const auto& point : opened) {
    ratios.push_back(std::clamp(point.median / found.baseline, 1 / largest_ratio, largest_ratio));
    robust = robust && point.count >= robust_count;
  }
  stats::LevelOptions options;
  if (robust) options = {.outlier = 1e6, .fewest = 1};
  auto stretches = stats::find_levels(ratios, options);
  if (stretches.size() < 2) return found;  // flat
  // The curve is a circle: what was cut open there is one stretch.
  const double seam = stretches.back().level / stretches.front().level;
  if (seam < options.smallest_step && seam > 1 / options.smallest_step) {
    stretches.front().first = stretches.back().first;
    stretches.pop_back();
  }
  const std::size_t n = opened.size();
  const auto d_at = [&](std::size_t i) { return static_cast<unsigned>(opened[i % n].x); };
  for (std::size_t i = 0; i < stretches.size(); ++i) {
    if (stretches[i].level < slow_factor || stretches.size() < 2) continue;
    const std::size_t begin = i;
    while (i + 1 < stretches.size() && are_one_class(stretches[i], stretches[i + 1])) ++i;
    const std::size_t first = stretches[begin].first;
    const std::size_t last = stretches[i].last;
    found.classes.push_back({.first = d_at(first),
                             .last = d_at(last),
                             .ratio = median_between(ratios, first, last),
                             .before = d_at(first + n - 1),
                             .after = d_at(last + 1)});
  }
  std::ranges::sort(found.classes, {}, &OffsetClass::first);
  return found;
}

std::string format_offsets(const OffsetClass& offset_class) {
  if (offset_class.first == offset_class.last) return fmt::format("{}", offset_class.first);
  return fmt::format("{}..{}", offset_class.first, offset_class.last);
}

}  // namespace bytepath::verdict
