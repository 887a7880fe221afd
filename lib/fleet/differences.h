#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "fleet/outliers.h"

// What the outliers of a group have in common, and the others do not.
namespace bytepath::fleet {

// Hosts that are outliers in the same metrics and directions.
struct OutlierSet {
  std::uint32_t group = 0;
  std::vector<std::uint32_t> hosts;
  std::vector<Outlier> metrics;  // of the first host, its furthest first
};
std::vector<OutlierSet> outlier_sets(const std::vector<Outlier>& found);

struct Difference {
  std::string what;
  std::string value;
  std::string others;    // the value that most of the others have, empty where they have none
  double here = 0;       // the part of the set that has it
  double elsewhere = 0;  // the part of the group's other hosts without any outlier that has it
};

// The facts that are more frequent in the set by half of all hosts or more, the most telling first,
// at most `most`. What is different on most hosts (a hash, a file's name) tells nothing and is left
// out.
std::vector<Difference> differences(const Fleet& fleet, const Group& group, const OutlierSet& set,
                                    const std::vector<Outlier>& found, std::size_t most);

}  // namespace bytepath::fleet
