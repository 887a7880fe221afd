#pragma once
#include <cstdint>
#include <vector>

#include "pages/page_set.h"
#include "stats/random.h"

// Which places of a file are read, in which order: drawn beforehand, the same for the same seed.
namespace bytepath::storage {

enum class Pattern { random, sequential };

// `count` of the numbers below `blocks`, each once as long as there are enough, then all of them
// again in another order. Sequential: ascending from 0, and again.
std::vector<std::uint64_t> plan_accesses(Pattern pattern, std::uint64_t blocks, std::uint64_t count,
                                         std::uint64_t seed);

// About `share` (0 to 1) of a file's pages, in pieces of 64 KiB that are chosen at random:
// ascending, pieces that meet as one.
std::vector<pages::PageRun> plan_resident(std::uint64_t pages, double share, std::uint64_t seed);

}  // namespace bytepath::storage
