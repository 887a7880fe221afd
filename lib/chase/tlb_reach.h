#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "base/progress.h"
#include "chase/arena.h"
#include "measure/clock.h"
#include "stats/random.h"

// How many pages the TLBs reach: loads from as many pages, a line each, cost more than loads from
// as many lines side by side once the pages are more than a TLB has entries.
namespace bytepath::chase {

struct TlbPoint {
  std::uint64_t pages = 0;  // of 4 KiB
  double spread_ns = 0;     // a load, each from its own page
  double packed_ns = 0;     // a load, from as many lines one behind the other
  double cycles = 0;        // the difference in core cycles
};

// spread: a page for each, so its size says up to how many are tried; packed: a line for each. The
// places in the pages are such that they fall into different sets of the caches.
std::vector<TlbPoint> tlb_curve(const measure::Clock& clock, Arena& spread, Arena& packed,
                                stats::Random& random, const Progress& progress);

// Where the first TLB ends: the pages at which half of the first step is reached, in which the
// difference grows by 3 cycles or more and stays there. Nothing where it never does.
std::optional<double> tlb_knee(const std::vector<TlbPoint>& curve);

}  // namespace bytepath::chase
