#include "verdict/judge.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace bytepath::verdict {
namespace {

bool matches(std::string_view pattern, std::string_view id) {
  return fnmatch(std::string(pattern).c_str(), std::string(id).c_str(), 0) == 0;
}

// The worst first, otherwise in the order of the rules.
std::vector<result::Finding> by_severity(std::vector<result::Finding> findings) {
  using result::Severity;
  std::vector<result::Finding> out;
  for (const auto severity : {Severity::finding, Severity::warning, Severity::note}) {
    for (auto& finding : findings) {
      if (finding.severity == severity) out.push_back(std::move(finding));
    }
  }
  return out;
}

void judge_one(result::Document& document) {
  document.verdict = {};
  document.findings.clear();
  for (const auto& rule : rules()) {
    if (rule.tool == document.tool) rule.apply(document);
  }
  document.findings = by_severity(std::move(document.findings));
}

// Each part is judged by itself; the whole says how many of them have what.
void judge_parts(result::Document& document) {
  std::size_t affected = 0;
  std::size_t warned = 0;
  for (auto& part : document.parts) {
    judge_one(part);
    const auto has = [&](result::Severity severity) {
      return std::ranges::any_of(part.findings, [&](const result::Finding& finding) {
        return finding.severity == severity;
      });
    };
    if (has(result::Severity::finding)) {
      ++affected;
    } else if (has(result::Severity::warning)) {
      ++warned;
    }
    document.findings.insert(document.findings.end(), part.findings.begin(), part.findings.end());
  }
  const std::size_t count = document.parts.size();
  document.verdict = {
      .state = affected > 0 ? "findings"
               : warned > 0 ? "warnings"
                            : "clear",
      .text = fmt::format("{} report{}: {} with findings, {} with warnings only, {} without", count,
                          count == 1 ? "" : "s", affected, warned, count - affected - warned)};
}

}  // namespace

void judge(result::Document& document) {
  if (document.parts.empty()) {
    judge_one(document);
    return;
  }
  document.findings.clear();
  judge_parts(document);
  document.findings = by_severity(std::move(document.findings));
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
    return (tool.empty() || rule.tool == tool) && !rule.findings.empty() &&
           (matches(pattern, rule.findings) || matches(rule.findings, pattern));
  });
}

}  // namespace bytepath::verdict
