#pragma once
#include <span>
#include <string>
#include <string_view>

#include "result/document.h"

namespace bytepath::verdict {

// A rule reads a document's measurements and adds findings. One file, one row in rules.cpp.
struct Rule {
  std::string_view tool;      // whose documents it reads
  std::string_view findings;  // ids it may add, as a shell pattern: "memcpy.*.slow-offset"
  std::string_view summary;   // when it speaks, for bytepath-methods(7)
  void (*apply)(result::Document&);
};

std::span<const Rule> rules();

// Removes what earlier rules concluded (verdict, findings) and applies the present ones, so that a
// saved document is judged by what is known today.
void judge(result::Document& document);

// Does `pattern` (an id, a shell pattern or "any") name this finding? "any" names every finding of
// severity `finding`.
bool names(std::string_view pattern, const result::Finding& finding);

// Could `pattern` ever name a finding of this tool, or of any where it is empty? A gate with a
// mistyped id would never fail.
bool known_pattern(std::string_view tool, std::string_view pattern);

}  // namespace bytepath::verdict
