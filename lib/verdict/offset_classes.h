#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "result/document.h"

// Which offsets d = (destination - source) mod 4096 cost more than the others: found from the times
// alone, by no table of CPUs.
namespace bytepath::verdict {

inline constexpr unsigned page_offsets = 4096;  // d is taken modulo the page

// Times are called slow from this factor over the baseline on, severe from the second.
inline constexpr double ordinary_factor = 1.2;  // below: as fast as most
inline constexpr double slow_factor = 1.5;
inline constexpr double severe_factor = 4;

struct OffsetClass {
  unsigned first = 0;  // d; first > last is a class that wraps around, 4090..5
  unsigned last = 0;
  double ratio = 0;  // median time of the class over the baseline
  // The nearest measured offsets outside. Where one is no neighbour (before + 1 < first), the
  // border lies somewhere between and must be refined by measuring there.
  unsigned before = 0;
  unsigned after = 0;
};

struct OffsetClasses {
  double baseline = 0;  // median time of the offsets far from 0 (128 to 3968), same unit as given
  std::vector<OffsetClass> classes;  // by d
};

// measured: x is d, not necessarily every d; what is no time above 0 at a d of 0 to 4095, or the
// second for its d, is left out (a saved document may hold anything). Empty classes for a flat
// curve; baseline 0 when there are fewer than 8 points.
OffsetClasses find_offset_classes(std::span<const result::Point> measured);

// "1..31", "8" or "4090..5".
std::string format_offsets(const OffsetClass& offset_class);

}  // namespace bytepath::verdict
