#pragma once
#include <cmath>
#include <numbers>

#include "stats/random.h"

// Draws from continuous distributions; the same seed gives the same ones.
namespace bytepath::stats {

// 0 to 1, without 0, so that its logarithm is finite.
inline double uniform(Random& random) {
  return (static_cast<double>(random.next() >> 11U) + 1) * 0x1p-53;
}

// Of mean 0 and standard deviation 1 (Box and Muller, "A Note on the Generation of Random Normal
// Deviates", 1958).
inline double normal(Random& random) {
  const double radius = std::sqrt(-2 * std::log(uniform(random)));
  return radius * std::cos(2 * std::numbers::pi * uniform(random));
}

// The part of that distribution that lies below z.
inline double normal_share_below(double z) { return std::erfc(-z / std::numbers::sqrt2) / 2; }

}  // namespace bytepath::stats
