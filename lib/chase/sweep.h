#pragma once
#include <cstdint>
#include <vector>

#include "base/progress.h"
#include "chase/latency_probes.h"

// A latency for each amount of memory that is read again and again.
namespace bytepath::chase {

struct SweepPlan {
  std::vector<std::uint64_t> sizes;  // ascending
  std::size_t rounds = 8;
  // Up to here sizes are measured by laps, which know small caches exactly; beyond it by reuse
  // distance.
  std::uint64_t most_of_laps = group_bytes;
  // Up to here what lies in between is read twice; more takes long enough for others to take lines
  // away.
  std::uint64_t most_read_twice = 2 * group_bytes;
};

struct Sample {
  double ns = 0;        // of a load
  double cycle_ns = 0;  // of the core, timed just before and just after: the faster
  std::size_t round = 0;
};

struct SizeSamples {
  std::uint64_t bytes = 0;
  bool by_laps = false;
  std::vector<Sample> samples;
};

struct Sweep {
  std::vector<SizeSamples> sizes;
  std::vector<double> flushed;  // nanoseconds a load of lines that were flushed, some each round
  bool interrupted = false;
};

// Round after round over all sizes, so that what disturbs for a while disturbs few samples of each;
// sizes that take long to read are left out of every other round. laps: room for most_of_laps
// bytes.
Sweep sweep(const measure::Clock& clock, Groups& groups, Arena& laps, const SweepPlan& plan,
            stats::Random& random, const Progress& progress);

}  // namespace bytepath::chase
