#include "chase/staircase.h"

#include <algorithm>

#include "stats/plateaus.h"

namespace bytepath::chase {
namespace {

constexpr double undisturbed_part = 0.05;

double undisturbed(std::vector<double> values) {
  const auto rank = static_cast<std::size_t>(undisturbed_part * static_cast<double>(values.size()));
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(rank);
  std::ranges::nth_element(values, at);
  return *at;
}

StaircasePoint point_of(const SizeSamples& size) {
  std::vector<double> ns;
  std::vector<double> cycles;
  for (const auto& sample : size.samples) {
    ns.push_back(sample.ns);
    cycles.push_back(sample.ns / sample.cycle_ns);
  }
  const auto usual = stats::summarize(ns);
  return {.bytes = size.bytes,
          .undisturbed = undisturbed(std::move(ns)),
          .undisturbed_cycles = undisturbed(std::move(cycles)),
          .usual = usual};
}

CpuTier tier_of(const std::vector<StaircasePoint>& points, const stats::Plateau& plateau) {
  CpuTier tier;
  std::vector<double> cycles;
  std::vector<double> usual;
  for (std::size_t i = plateau.first; i <= plateau.last; ++i) {
    tier.by_size.push_back(points[i].undisturbed);
    cycles.push_back(points[i].undisturbed_cycles);
    usual.push_back(points[i].usual.median);
  }
  tier.ns = stats::summarize(tier.by_size);
  tier.cycles = stats::median(cycles);
  tier.usual_ns = stats::median(usual);
  tier.first_bytes = points[plateau.first].bytes;
  tier.last_bytes = points[plateau.last].bytes;
  tier.capacity = plateau.knee;
  return tier;
}

}  // namespace

Staircase staircase_of(const Sweep& sweep, std::size_t caches) {
  Staircase result;
  std::vector<double> cycles;
  for (const auto& size : sweep.sizes) {
    if (size.samples.empty()) continue;
    result.points.push_back(point_of(size));
    for (const auto& sample : size.samples) cycles.push_back(sample.cycle_ns);
  }
  result.cycle_ns = stats::median(cycles);
  std::vector<double> bytes;
  std::vector<double> ns;
  for (const auto& point : result.points) {
    bytes.push_back(static_cast<double>(point.bytes));
    ns.push_back(point.undisturbed);
  }
  const auto plateaus = stats::find_plateaus(bytes, ns, {.expected = caches == 0 ? 0 : caches + 1});
  for (const auto& plateau : plateaus) {
    result.tiers.push_back(tier_of(result.points, plateau));
    result.tiers.back().name =
        plateau.knee ? fmt::format("L{}", result.tiers.size()) : std::string("memory");
  }
  return result;
}

}  // namespace bytepath::chase
