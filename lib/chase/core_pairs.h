#pragma once
#include <optional>
#include <utility>
#include <vector>

#include "base/progress.h"
#include "measure/clock.h"

// What a line costs that another core has just written, and whether two CPUs are threads of one
// core.
namespace bytepath::chase {

struct CorePair {
  int one = 0;
  int other = 0;
  // Nanoseconds from a store on one CPU to its being seen on the other, by bursts of round trips.
  double fastest = 0;  // one of ten bursts was as fast
  double median = 0;
  std::optional<std::pair<double, double>> modes;  // where bursts fall into two groups
  std::uint64_t bursts = 0;
  // How long additions take on one CPU while the other adds too, over alone: 1, or about 2 on two
  // threads of one core.
  double together = 0;

  bool share_a_core() const { return together > 1.5; }
};

// Each pair takes some 40 ms. Stops where progress says so. A pair of which one CPU cannot be run
// on is left out.
std::vector<CorePair> measure_pairs(const measure::Clock& clock,
                                    const std::vector<std::pair<int, int>>& pairs,
                                    const Progress& progress);

// The pairs worth measuring of these CPUs: all of a few, else those of `first` with others spread
// over the list, at most `most`.
std::vector<std::pair<int, int>> pairs_of(const std::vector<int>& cpus, int first,
                                          std::size_t most);

}  // namespace bytepath::chase
