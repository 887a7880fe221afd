#include "chase/sweep.h"

#include <algorithm>

namespace bytepath::chase {
namespace {

constexpr std::uint64_t mib = std::uint64_t{1} << 20;

// Reading far more takes milliseconds each time.
std::size_t repetitions(std::uint64_t bytes) {
  if (bytes < 16 * mib) return 8;
  if (bytes < 32 * mib) return 4;
  return 2;
}

bool left_out(std::uint64_t bytes, std::size_t round) {
  return bytes >= 64 * mib && round % 2 == 1;
}

}  // namespace

Sweep sweep(const measure::Clock& clock, Groups& groups, Arena& laps, const SweepPlan& plan,
            stats::Random& random, const Progress& progress) {
  Sweep result;
  for (const auto bytes : plan.sizes)
    result.sizes.push_back({.bytes = bytes, .by_laps = bytes <= plan.most_of_laps});
  constexpr int flushed_each_round = 25;
  for (std::size_t round = 0; round < plan.rounds; ++round) {
    for (int i = 0; i < flushed_each_round; ++i)
      result.flushed.push_back(flushed_latency(clock, groups, random));
    for (auto& size : result.sizes) {
      if (!progress(round, plan.rounds, "chasing pointers")) {
        result.interrupted = true;
        return result;
      }
      if (left_out(size.bytes, round)) continue;
      double cycle_ns = cycle_time(clock);
      const int passes = size.bytes <= plan.most_read_twice ? 2 : 1;
      for (std::size_t i = 0; i < (size.by_laps ? 1 : repetitions(size.bytes)); ++i) {
        const double ns = size.by_laps ? lap_latency(clock, laps, size.bytes, random)
                                       : reuse_latency(clock, groups, size.bytes, passes, random);
        // The faster of before and after: what counts are the fastest loads, too.
        const double after_ns = cycle_time(clock);
        size.samples.push_back(
            {.ns = ns, .cycle_ns = std::min(cycle_ns, after_ns), .round = round});
        cycle_ns = after_ns;
      }
    }
  }
  return result;
}

}  // namespace bytepath::chase
