#pragma once
#include <vector>

#include "base/progress.h"
#include "chase/latency_probes.h"

// How fast bytes come, and what a load costs while others want theirs too.
namespace bytepath::chase {

// GB/s of reading this many bytes again and again with one thread, the best of a few passes.
double read_bandwidth(const measure::Clock& clock, const Arena& arena, std::size_t bytes);

struct LoadedPoint {
  double load_gb_s = 0;  // what the others read together
  double ns = 0;         // a load from the memory, the median
  double low = 0;
  double high = 0;
  std::uint64_t count = 0;
};

// The memory's latency on this CPU while threads on `others` read from it, faster from point to
// point; the first point is without them. Ascending by load. load: memory that none of the caches
// holds, in which they read.
std::vector<LoadedPoint> loaded_latency(const measure::Clock& clock, Groups& groups,
                                        const Arena& load, const std::vector<int>& others,
                                        stats::Random& random, const Progress& progress);

}  // namespace bytepath::chase
