#include "copy/offset_sweep.h"

#include <algorithm>
#include <set>

#include "stats/order.h"
#include "verdict/offset_classes.h"

namespace bytepath::copy {
namespace {

using verdict::page_offsets;

// Two refinements are enough for a gap of sixteen; more only serve a curve of pure noise.
constexpr int max_refinements = 4;

void add_every(std::set<unsigned>& chosen, unsigned first, unsigned last, unsigned step) {
  for (unsigned d = first; d <= last; d += step) chosen.insert(d % page_offsets);
}

// The offsets inside a gap; many of them for a short gap, evenly spread for a long one.
void add_gap(std::set<unsigned>& chosen, unsigned from, unsigned to) {
  const unsigned width = (to + page_offsets - from) % page_offsets;
  const unsigned step = std::max(1U, width / 16);
  for (unsigned at = step; at < width; at += step) chosen.insert((from + at) % page_offsets);
}

std::vector<result::Point> measure(const Workbench& bench, std::size_t kernel, std::uint64_t size,
                                   const std::vector<unsigned>& wanted, std::size_t rounds,
                                   RunLimits& limits) {
  std::vector<CopyCell> cells;
  cells.reserve(wanted.size());
  for (const unsigned d : wanted) cells.push_back({.kernel = kernel, .size = size, .offset = d});
  const auto samples = bench.time(cells, rounds, limits, bench.kernels()[kernel].name);
  std::vector<result::Point> points;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (!samples[i].ns.empty()) points.push_back(to_point(wanted[i], samples[i]));
  }
  return points;
}

}  // namespace

std::vector<unsigned> sweep_offsets(Density density) {
  std::set<unsigned> chosen;
  switch (density) {
    case Density::full:
      add_every(chosen, 0, page_offsets - 1, 1);
      break;
    case Density::dense:
      add_every(chosen, 0, 128, 1);
      add_every(chosen, page_offsets - 128, page_offsets - 1, 1);
      add_every(chosen, 128, page_offsets - 128, 16);
      add_every(chosen, 136, page_offsets - 128, 128);  // some that are no multiple of 16
      break;
    case Density::sparse:
      add_every(chosen, 0, 64, 4);
      for (const unsigned d : {1U, 2U, 15U, 31U, 33U, 63U, 96U, 128U}) {
        chosen.insert(d);
        chosen.insert(page_offsets - d);
      }
      add_every(chosen, 128, page_offsets - 128, 128);
      add_every(chosen, 200, page_offsets - 128, 256);
      break;
  }
  return {chosen.begin(), chosen.end()};
}

std::vector<unsigned> missing_border_offsets(const std::vector<result::Point>& points) {
  std::set<unsigned> wanted;
  for (const auto& found : verdict::find_offset_classes(points).classes) {
    add_gap(wanted, found.before, found.first);
    add_gap(wanted, found.last, found.after);
  }
  for (const auto& point : points) wanted.erase(static_cast<unsigned>(point.x));
  return {wanted.begin(), wanted.end()};
}

std::vector<result::Point> sweep_offset(const Workbench& bench, std::size_t kernel,
                                        std::uint64_t size, Density density, std::size_t rounds,
                                        RunLimits& limits) {
  auto points = measure(bench, kernel, size, sweep_offsets(density), rounds, limits);
  for (int i = 0; i < max_refinements && !limits.over(); ++i) {
    const auto missing = missing_border_offsets(points);
    if (missing.empty()) break;
    const auto more = measure(bench, kernel, size, missing, rounds, limits);
    if (more.empty()) break;
    points.insert(points.end(), more.begin(), more.end());
    std::ranges::sort(points, {}, &result::Point::x);
  }
  return points;
}

result::Point to_point(double x, const measure::CellSamples& samples) {
  const auto summary = stats::summarize(samples.ns);
  return {.x = x,
          .median = summary.median,
          .low = summary.low,
          .high = summary.high,
          .count = summary.count};
}

}  // namespace bytepath::copy
