#pragma once
#include <string>
#include <vector>

#include "report/report.h"

namespace bytepath::report {

// The table "comparisons" for a terminal, which its 15 columns do not fit: under each benchmark a
// line for a metric, and under that the reason, if there is one.
std::vector<std::string> comparison_lines(const result::Table& table, const Target& target);

}  // namespace bytepath::report
