#pragma once
#include <cstddef>
#include <span>
#include <vector>

// Finds the flat stretches of a noisy curve: which offsets of a copy are slow, and how slow.
namespace bytepath::stats {

// points[first..last] have about the same level.
struct Stretch {
  std::size_t first = 0;
  std::size_t last = 0;
  double level = 0;  // median of its values
};

struct LevelOptions {
  // Levels closer than this factor are one level.
  double smallest_step = 1.35;
  // Single values are noisy: a value further off than this factor counts as this far, and a stretch
  // needs this many values, so that an interrupt or two make none.
  double outlier = 4;
  std::size_t fewest = 3;
};

// Cuts positive values into stretches so that the sum of |log(value / level)| plus a price per cut
// is smallest (least absolute deviations over a grid of levels, found exactly by dynamic
// programming), then joins neighbours that differ by less than smallest_step and stretches that are
// too short to their more alike neighbour. Covers all values; empty for none. Values that are not
// positive and finite are taken as their left neighbour.
std::vector<Stretch> find_levels(std::span<const double> values, const LevelOptions& options = {});

}  // namespace bytepath::stats
