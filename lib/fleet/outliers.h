#pragma once
#include <cstdint>
#include <vector>

#include "fleet/fleet.h"

// Which hosts of a group do not measure what the others do.
namespace bytepath::fleet {

struct OutlierRules {
  std::size_t fewest_hosts = 8;  // that a group needs of a metric to say what is usual
  double false_alarms = 0.05;    // of fleets whose hosts differ by chance only, at most
  double margin = 0.05;          // closer to the group's median than this part is no outlier
};

struct Outlier {
  std::uint32_t group = 0;  // as Fleet::groups() has them
  std::uint32_t host = 0;   // of the group
  std::uint32_t metric = 0;
  double value = 0;
  double usual = 0;       // the median of the group's hosts
  double deviations = 0;  // how many of the group's deviations away, with its sign
  double p = 1;           // after Holm's adjustment
};

struct Outliers {
  std::vector<Outlier> found;  // by group, then the least likely first
  std::size_t tested = 0;      // pairs of a host and a metric
  std::size_t groups_too_small = 0;
};

// For each metric of a group that at least `fewest_hosts` hosts have: the centre is the median of
// the hosts' medians (of their logarithms, where all are above 0), the deviation 1.4826 times the
// median absolute deviation from it, at least half a percent. A host's distance is divided by that
// deviation and by the standard error of the host's own interval, taken together, and compared with
// Student's t distribution of 0.37 (n - 1) degrees of freedom, because the median absolute
// deviation of normal values has an efficiency of 37 % (Rousseeuw and Croux, "Alternatives to the
// Median Absolute Deviation", 1993), and of 5 at most: by simulation that keeps the rate of false
// alarms also where hosts scatter as wildly as Student's t of 6 degrees (tests/unit/fleet). Holm's
// adjustment over all hosts and metrics of the fleet keeps the chance of any false outlier at
// `false_alarms`. An outlier's whole interval is further from the centre than the margin. Of a
// metric whose centre is 0 nothing is said.
Outliers find_outliers(const Fleet& fleet, const OutlierRules& rules);

}  // namespace bytepath::fleet
