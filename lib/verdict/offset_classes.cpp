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
  for (const auto& stretch : stretches) {
    if (stretch.level < slow_factor || stretches.size() < 2) continue;
    found.classes.push_back({.first = d_at(stretch.first),
                             .last = d_at(stretch.last),
                             .ratio = stretch.level,
                             .before = d_at(stretch.first + n - 1),
                             .after = d_at(stretch.last + 1)});
  }
  std::ranges::sort(found.classes, {}, &OffsetClass::first);
  return found;
}

std::string format_offsets(const OffsetClass& offset_class) {
  if (offset_class.first == offset_class.last) return fmt::format("{}", offset_class.first);
  return fmt::format("{}..{}", offset_class.first, offset_class.last);
}

}  // namespace bytepath::verdict
