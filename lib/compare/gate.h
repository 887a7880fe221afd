#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "compare/name_pattern.h"

namespace bytepath::compare {

// "wall:+5%", "page-faults:+0.5%", "wall@/^memcpy/:+3%", "wall@grep:+2%", "syscalls:+0": this
// metric of these benchmarks may get worse by so much and no more.
struct Gate {
  std::string text;     // as it was given, for reports
  std::string metric;   // exact name
  std::string pattern;  // empty: every benchmark; "/.../" is a regular expression (ECMAScript) that
                        // must be found in the name, otherwise the whole name
  double margin = 0;    // part of 1
  std::optional<NamePattern> expression = {};  // what is between the slashes of the pattern

  bool names(std::string_view benchmark, std::string_view of_metric) const;
};

// Error (usage): no metric, no margin, a margin that is no percentage of 0 or more, a wrong regular
// expression; each says what is accepted.
Result<Gate> parse_gate(std::string_view text);

// A TOML file: [[gate]] tables with metric = "wall", margin = "5%", and optionally benchmark =
// "/regex/". Errors (usage) name the file, the line and the key; an unknown key is an error.
Result<std::vector<Gate>> read_gates(std::string_view toml, std::string_view name);

// The last gate that names both, so that a narrow one after a broad one wins; nullptr for none.
const Gate* find_gate(const std::vector<Gate>& gates, std::string_view benchmark,
                      std::string_view metric);

// "old=new": the benchmark that the baseline calls old is called new now. Error (usage): no '=', or
// more than one, or nothing at a side of it.
Result<std::pair<std::string, std::string>> parse_rename(std::string_view text);

}  // namespace bytepath::compare
