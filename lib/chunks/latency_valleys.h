#pragma once
#include <span>
#include <vector>

namespace bytepath::chunks {

// Latencies between which there is next to nothing: where a tier ends and the next one begins, as
// far as latency alone can tell. Valleys of a kernel density estimate of the logarithm, a Gaussian
// of 0.08 decades, that are less than half as high as the lower of their two peaks; a peak has at
// least one in two thousand of all. Ascending; nothing for fewer than 20 latencies. Chosen over a
// mixture of Gaussians because that finds tiers where there are none (see bytepath-methods(7)).
std::vector<double> latency_valleys(std::span<const double> nanoseconds);

}  // namespace bytepath::chunks
