#include "report/comparison_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace bytepath::report {

using result::ComparisonRow;

std::string gate_text(const ComparisonRow& row) {
  if (row.gate.empty() || row.outcome.empty()) return row.gate + row.outcome;
  return fmt::format("{}: {}", row.gate, row.outcome);
}

bool is_quiet(const ComparisonRow& row) {
  return (row.verdict == "equivalent" || row.verdict == "inconclusive") &&
         row.outcome != "failed" && row.outcome != "not judged";
}

bool repeats_a_row(const result::Finding& finding) {
  static constexpr std::array<std::string_view, 8> ids = {
      "compare.gate.failed", "compare.regression", "compare.improvement", "compare.not-judged",
      "compare.missing",     "run.regression",     "run.improvement",     "run.inconclusive"};
  return std::ranges::find(ids, finding.id) != ids.end();
}

}  // namespace bytepath::report
