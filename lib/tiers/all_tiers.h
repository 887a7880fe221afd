#pragma once
#include <string>
#include <vector>

#include "result/document.h"

namespace bytepath::tiers {

// A document of another command of tier-probe, and what it is about: "cpu", a path, a URL.
struct Part {
  std::string name;
  result::Document document;
};

// Adds what the parts know of tiers as one: the table "tiers", by latency, each with its factor
// over the one before; their metrics of tiers with the label {of}, the part's name; their lines
// about what was not measured.
void add_all_tiers(result::Document& document, const std::vector<Part>& parts);

}  // namespace bytepath::tiers
