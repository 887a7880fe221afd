#pragma once
#include <optional>
#include <vector>

#include "copy/workbench.h"
#include "stats/order.h"

// Slow copies that depend on more than d = (destination - source) mod 4096.
namespace bytepath::copy {

// Pairs of pages that share physical address bits are slow on Zen 4 at offsets that are fast
// elsewhere (d 33..127); one pair in sixteen, so the sixteen pairs of a cell can miss it.
struct PairTail {
  std::uint64_t size = 0;
  unsigned offset = 0;
  std::size_t pairs = 0;
  std::size_t slow_pairs = 0;  // at least twice the median pair
  double factor = 0;           // median of the slow pairs over the median pair, 0 when none
  std::vector<double> ratios;  // of each pair to the median pair
};

// Each of 16 x 16 pairs of places by itself.
std::optional<PairTail> measure_pair_tail(const Workbench& bench, std::size_t kernel,
                                          std::uint64_t size, unsigned offset, RunLimits& limits);

// Time at a distance of 4 GiB + k over the time at another distance with the same k, for the k of
// the class that glibc avoids on Intel (BZ 27130: distance N x 4 GiB + 1..63).
struct FarDistance {
  std::uint64_t size = 0;
  unsigned offset = 0;  // k
  stats::Summary ratio;
};

inline constexpr unsigned far_control_offset = 2048;

// Error: no address space left at that distance.
Result<std::vector<FarDistance>> measure_far_distance(const Workbench& bench, std::size_t kernel,
                                                      std::uint64_t size, RunLimits& limits);

}  // namespace bytepath::copy
