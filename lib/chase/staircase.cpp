#include "chase/staircase.h"

#include <algorithm>

#include "stats/plateaus.h"

namespace bytepath::chase {
namespace {

// Where in the samples, the fastest first, the undisturbed ones end. Of laps the least: each is the
// least of some. Of many samples the second of fifty. Few are of sizes beyond most caches, where
// the fastest are loads that a cache still served: their median.
std::size_t undisturbed_rank(const SizeSamples& size) {
  constexpr std::size_t many = 50;
  if (size.by_laps) return 0;
  const std::size_t count = size.samples.size();
  return count >= many ? count / many : (count - 1) / 2;
}

// In cycles what the samples about that one say: each has its own cycle, timed just before.
double cycles_about(const std::vector<Sample>& fastest_first, std::size_t rank) {
  std::vector<double> cycles;
  const std::size_t end = std::min(rank + 3, fastest_first.size());
  for (std::size_t i = rank > 0 ? rank - 1 : 0; i < end; ++i)
    cycles.push_back(fastest_first[i].ns / fastest_first[i].cycle_ns);
  return stats::median(cycles);
}

StaircasePoint point_of(const SizeSamples& size) {
  std::vector<Sample> sorted = size.samples;
  std::ranges::sort(sorted, {}, &Sample::ns);
  const std::size_t rank = undisturbed_rank(size);
  std::vector<double> ns;
  ns.reserve(sorted.size());
  for (const auto& sample : sorted) ns.push_back(sample.ns);
  return {.bytes = size.bytes,
          .undisturbed = ns[rank],
          .undisturbed_cycles = cycles_about(sorted, rank),
          .usual = stats::summarize(ns)};
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
