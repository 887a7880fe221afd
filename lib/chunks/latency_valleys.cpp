#include "chunks/latency_valleys.h"

#include <algorithm>
#include <cmath>

namespace bytepath::chunks {
namespace {

constexpr double bandwidth = 0.08;  // decades
constexpr double step = 0.01;       // of the grid, decades
constexpr double margin = 4 * bandwidth;
constexpr double valley_depth = 0.5;  // of the lower peak
constexpr double least_mass = 1.0 / 2000;
constexpr std::size_t fewest = 20;

std::vector<double> density(std::span<const double> logarithms, double low, std::size_t points) {
  std::vector<double> counts(points);
  for (const double value : logarithms)
    ++counts[std::min(points - 1, static_cast<std::size_t>((value - low) / step))];
  const int reach = static_cast<int>(margin / step);
  std::vector<double> smooth(points);
  for (std::size_t i = 0; i < points; ++i) {
    if (counts[i] == 0) continue;
    for (int offset = -reach; offset <= reach; ++offset) {
      const auto at = static_cast<std::ptrdiff_t>(i) + offset;
      if (at < 0 || at >= static_cast<std::ptrdiff_t>(points)) continue;
      const double distance = offset * step / bandwidth;
      smooth[static_cast<std::size_t>(at)] += counts[i] * std::exp(-distance * distance / 2);
    }
  }
  return smooth;
}

std::vector<std::size_t> peaks_of(const std::vector<double>& curve) {
  std::vector<std::size_t> peaks;
  for (std::size_t i = 1; i + 1 < curve.size(); ++i) {
    if (curve[i] > curve[i - 1] && curve[i] >= curve[i + 1]) peaks.push_back(i);
  }
  return peaks;
}

}  // namespace

std::vector<double> latency_valleys(std::span<const double> nanoseconds) {
  std::vector<double> logarithms;
  for (const double value : nanoseconds) {
    if (value > 0) logarithms.push_back(std::log10(value));
  }
  if (logarithms.size() < fewest) return {};
  const auto [least, most] = std::ranges::minmax(logarithms);
  const double low = least - margin;
  const auto points = static_cast<std::size_t>((most + margin - low) / step) + 1;
  const auto curve = density(logarithms, low, points);
  std::vector<double> valleys;
  std::size_t before = SIZE_MAX;
  // A lone latency is a bump of height 1.
  const double least_peak = std::max(2.0, least_mass * static_cast<double>(logarithms.size()));
  for (const std::size_t peak : peaks_of(curve)) {
    if (curve[peak] < least_peak) continue;
    if (before == SIZE_MAX) {
      before = peak;
      continue;
    }
    const auto first = curve.begin() + static_cast<std::ptrdiff_t>(before);
    const auto lowest = std::min_element(first, curve.begin() + static_cast<std::ptrdiff_t>(peak));
    if (*lowest < valley_depth * std::min(curve[before], curve[peak])) {
      const auto at = static_cast<double>(lowest - curve.begin());
      valleys.push_back(std::pow(10, low + (at + 0.5) * step));
      before = peak;
    } else if (curve[peak] > curve[before]) {
      before = peak;
    }
  }
  return valleys;
}

}  // namespace bytepath::chunks
