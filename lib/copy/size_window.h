#pragma once
#include <optional>
#include <vector>

#include "copy/workbench.h"
#include "result/document.h"
#include "stats/order.h"

// From which size to which a kernel is slow at a slow offset.
namespace bytepath::copy {

struct SizeWindow {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  // Slow already at the smallest, or still at the largest, size that was measured: the window may
  // go on beyond.
  bool open_below = false;
  bool open_above = false;
  bool exact = false;  // both borders, where not open, are known to the granule
};

// Time at `offset` over time at the reference offset, pair by pair of each round, at each size.
struct SizeRatio {
  std::uint64_t size = 0;
  stats::Summary ratio;
  std::vector<double> samples;
};

// Far from every class known, and 64-byte aligned like d = 0 without its special case.
inline constexpr unsigned reference_offset = 2048;

std::vector<SizeRatio> ratios_by_size(const Workbench& bench, std::size_t kernel, unsigned offset,
                                      const std::vector<std::uint64_t>& sizes, std::size_t rounds,
                                      RunLimits& limits);

// Adds the samples of a further measurement of the same sizes and sums up anew.
void add_samples(std::vector<SizeRatio>& ratios, const std::vector<SizeRatio>& more);

// The stretch of sizes around the largest ratio that is slow throughout, its borders at measured
// sizes. Pure. Nothing when no size is slow (verdict::slow_factor).
std::optional<SizeWindow> slow_window(const std::vector<SizeRatio>& ratios);

// Moves each border that is not open to the exact byte by bisection between the last fast and the
// first slow size. When the time is over the borders are as near as they got, and not exact.
SizeWindow refine_window(const Workbench& bench, std::size_t kernel, unsigned offset,
                         const std::vector<SizeRatio>& ratios, SizeWindow window,
                         RunLimits& limits);

}  // namespace bytepath::copy
