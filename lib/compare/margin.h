#pragma once
#include <string_view>

#include "base/result.h"
#include "compare/gate.h"

// What the two forms of a gate, option and file, have in common.
namespace bytepath::compare {

// "+5%", "5%", "0.5 %", "0" -> 0.05, 0.05, 0.005, 0. Error (usage): anything else.
Result<double> parse_margin(std::string_view text);

// Checks the names and compiles the pattern. Error (usage): no metric, or a pattern that is no
// regular expression.
Result<> complete_gate(Gate& gate);

}  // namespace bytepath::compare
