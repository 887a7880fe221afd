#include "verdict/judge.h"

#include <fnmatch.h>

#include <algorithm>
#include <string>

namespace bytepath::verdict {
namespace {

bool matches(std::string_view pattern, std::string_view id) {
  return fnmatch(std::string(pattern).c_str(), std::string(id).c_str(), 0) == 0;
}

}  // namespace

void judge(result::Document& document) {
  document.verdict = {};
  document.findings.clear();
  for (const auto& rule : rules()) {
    if (rule.tool == document.tool) rule.apply(document);
  }
  std::ranges::stable_sort(document.findings, std::ranges::greater{}, &result::Finding::severity);
}

bool names(std::string_view pattern, const result::Finding& finding) {
  if (pattern == "any") return finding.severity == result::Severity::finding;
  return matches(pattern, finding.id);
}

bool known_pattern(std::string_view tool, std::string_view pattern) {
  if (pattern == "any") return true;
  return std::ranges::any_of(rules(), [&](const Rule& rule) {
    // Either may hold the wildcards: "memcpy.*" names the rule "memcpy.libc.slow-window", and
    // "memcpy.rep-movsb.slow-offset" is one of the rule "memcpy.*.slow-offset".
    return rule.tool == tool && !rule.findings.empty() &&
           (matches(pattern, rule.findings) || matches(rule.findings, pattern));
  });
}

}  // namespace bytepath::verdict
