#include "chase/staircase.h"

#include <algorithm>
#include <cstddef>
#include <map>

#include "stats/plateaus.h"

namespace bytepath::chase {
namespace {

// Sizes that are read in no time have some samples each round. However few rounds there were, the
// undisturbed ones are looked for among their fastest.
bool has_many(const SizeSamples& size) {
  constexpr std::size_t each_round = 6;
  return !size.by_laps && size.samples.size() >= each_round * (size.samples.back().round + 1);
}

// Where in the samples, the fastest first, the undisturbed ones end. Of laps the least: each is the
// least of some. Of many samples the second of fifty. Few are of sizes beyond most caches, where
// the fastest are loads that a cache still served: their median.
std::size_t undisturbed_rank(const SizeSamples& size) {
  constexpr std::size_t undisturbed_share = 50;
  if (size.by_laps) return 0;
  const std::size_t count = size.samples.size();
  return has_many(size) ? count / undisturbed_share : (count - 1) / 2;
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

// One value a round, from all sizes with many samples that lie on the plateau: together they are
// less a matter of luck than the second fastest of each. A fourteenth of a round, because a cache
// before this one still serves some of the loads and half of them may be disturbed: of the shares
// tried on recorded sweeps the one with the smallest variation, quiet and loaded.
struct RoundValues {
  std::vector<double> ns;
  std::vector<double> cycles;
};

RoundValues by_round(const std::vector<const SizeSamples*>& sizes) {
  constexpr std::size_t undisturbed_share = 14;
  std::map<std::size_t, std::vector<Sample>> rounds;
  for (const auto* size : sizes) {
    if (!has_many(*size)) continue;
    for (const auto& sample : size->samples) rounds[sample.round].push_back(sample);
  }
  RoundValues values;
  for (auto& [round, samples] : rounds) {
    std::ranges::sort(samples, {}, &Sample::ns);
    const std::size_t rank = samples.size() / undisturbed_share;
    values.ns.push_back(samples[rank].ns);
    values.cycles.push_back(cycles_about(samples, rank));
  }
  return values;
}

// From where on a size says what the memory costs: the last cache still serves some of the loads of
// sizes that it nearly holds, less the more there is.
std::size_t first_of_memory(const std::vector<StaircasePoint>& points,
                            const stats::Plateau& plateau, double last_capacity) {
  constexpr double far_beyond = 4;
  constexpr std::size_t least_sizes = 4;
  std::size_t first = plateau.first;
  while (first + least_sizes <= plateau.last &&
         static_cast<double>(points[first].bytes) < far_beyond * last_capacity)
    ++first;
  return first;
}

CpuTier tier_of(const std::vector<const SizeSamples*>& sizes,
                const std::vector<StaircasePoint>& points, const stats::Plateau& plateau,
                std::size_t first) {
  CpuTier tier;
  std::vector<double> cycles;
  std::vector<double> usual;
  for (std::size_t i = first; i <= plateau.last; ++i) {
    tier.samples.push_back(points[i].undisturbed);
    cycles.push_back(points[i].undisturbed_cycles);
    usual.push_back(points[i].usual.median);
  }
  const auto from = sizes.begin() + static_cast<std::ptrdiff_t>(first);
  const auto to = sizes.begin() + static_cast<std::ptrdiff_t>(plateau.last) + 1;
  if (auto rounds = by_round({from, to}); !rounds.ns.empty()) {
    tier.samples = std::move(rounds.ns);
    cycles = std::move(rounds.cycles);
  }
  tier.ns = stats::summarize(tier.samples);
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
  std::vector<const SizeSamples*> measured;
  for (const auto& size : sweep.sizes) {
    if (size.samples.empty()) continue;
    measured.push_back(&size);
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
    const bool after_caches = !plateau.knee && !result.tiers.empty();
    const std::size_t first =
        after_caches ? first_of_memory(result.points, plateau, *result.tiers.back().capacity)
                     : plateau.first;
    result.tiers.push_back(tier_of(measured, result.points, plateau, first));
    result.tiers.back().name =
        plateau.knee ? fmt::format("L{}", result.tiers.size()) : std::string("memory");
  }
  return result;
}

}  // namespace bytepath::chase
