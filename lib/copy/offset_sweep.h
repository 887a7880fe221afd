#pragma once
#include <vector>

#include "copy/workbench.h"
#include "result/document.h"

// A kernel's time at each offset d = (destination - source) mod 4096.
namespace bytepath::copy {

enum class Density {
  sparse,  // some 70 offsets
  dense,   // every offset within 128 of 0, and every sixteenth elsewhere: some 500
  full,    // all 4096
};

std::vector<unsigned> sweep_offsets(Density density);

// Offsets that must be measured so that every class border lies between two neighbours, given the
// points so far; empty when they all do.
std::vector<unsigned> missing_border_offsets(const std::vector<result::Point>& points);

// Measures the offsets of `density` and then whatever the borders need. Points ascend by d; the
// count of each is the number of rounds. Empty when the time was over before anything was measured.
std::vector<result::Point> sweep_offset(const Workbench& bench, std::size_t kernel,
                                        std::uint64_t size, Density density, std::size_t rounds,
                                        RunLimits& limits);

// The samples of one cell as a point at x.
result::Point to_point(double x, const measure::CellSamples& samples);

}  // namespace bytepath::copy
