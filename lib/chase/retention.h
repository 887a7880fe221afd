#pragma once
#include <optional>
#include <vector>

#include "base/progress.h"
#include "chase/latency_probes.h"

// How long lines stay in the caches when nobody uses them: what other tenants of the host leave.
namespace bytepath::chase {

struct RetentionPoint {
  double wait_ns = 0;
  double ns = 0;  // a load after it, the median
  double low = 0;
  double high = 0;
  std::uint64_t count = 0;
};

// A group is read, nothing is done for a while, the group is chased.
std::vector<RetentionPoint> retention_curve(const measure::Clock& clock, Groups& groups,
                                            stats::Random& random, const Progress& progress);

// The wait after which a load costs as much as one of which half go to the memory. Nothing: that
// was not reached.
std::optional<double> half_life(const std::vector<RetentionPoint>& curve, double memory_ns);

}  // namespace bytepath::chase
