#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "chase/sweep.h"
#include "stats/order.h"

// What a sweep over sizes says about the caches and the memory. Pure.
namespace bytepath::chase {

struct StaircasePoint {
  std::uint64_t bytes = 0;
  // Nanoseconds a load: when nobody else takes lines away (staircase.cpp says which sample that
  // is); and what a program usually meets.
  double undisturbed = 0;
  double undisturbed_cycles = 0;
  stats::Summary usual;
};

struct CpuTier {
  std::string name;  // "L1", "L2", ..., "memory"
  // Undisturbed nanoseconds: of each round where its sizes have many samples, else of each size.
  std::vector<double> samples;
  stats::Summary ns;    // of those
  double cycles = 0;    // of the core, each sample by the clock of its moment
  double usual_ns = 0;  // the median of its sizes' medians
  std::uint64_t first_bytes = 0;
  std::uint64_t last_bytes = 0;
  std::optional<double> capacity;  // bytes; nothing for the memory
};

struct Staircase {
  std::vector<StaircasePoint> points;
  std::vector<CpuTier> tiers;
  double cycle_ns = 0;  // the median
};

// caches: how many levels of data cache CPUID tells of; 0: not known. Sizes without a sample are
// left out.
Staircase staircase_of(const Sweep& sweep, std::size_t caches);

}  // namespace bytepath::chase
