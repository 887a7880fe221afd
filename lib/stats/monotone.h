#pragma once
#include <span>
#include <vector>

namespace bytepath::stats {

// The curve that never falls and is nearest to the values, by the sum of squared distances (the
// pool-adjacent-violators algorithm; Barlow et al., "Statistical Inference under Order
// Restrictions", 1972). For what can only grow with its argument, such as a latency with the bytes
// that a cache has to hold: noise that says otherwise is averaged away.
std::vector<double> nearest_rising(std::span<const double> values);

}  // namespace bytepath::stats
