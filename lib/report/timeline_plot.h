#pragma once
#include <string>
#include <vector>

#include "report/report.h"

namespace bytepath::report {

// The bars of a table that has time_bars: time to the right, lanes upwards. A character is the kind
// that took most of its time.
std::vector<std::string> timeline_plot(const result::Table& table, const Target& target);

}  // namespace bytepath::report
