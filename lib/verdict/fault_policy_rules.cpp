#include <algorithm>

#include "result/comparison_rows.h"
#include "verdict/fault_measurements.h"
#include "verdict/fault_rules.h"
#include "verdict/parameters.h"

// What fault-probe whatif and attach conclude.
namespace bytepath::verdict {

using result::ComparisonRow;
using result::Document;
using result::Severity;

namespace {

std::string faster_text(const ComparisonRow& row) {
  return fmt::format("{}: {:.1f} % faster than as-is", row.benchmark, -row.change);
}

}  // namespace

void judge_better_policy(Document& document) {
  if (parameter_text(document, "mode") != "whatif") return;
  for (const auto& row : comparison_rows(document)) {
    if (row.verdict != "improvement") continue;
    document.findings.push_back({.id = "faults.better-policy",
                                 .severity = Severity::finding,
                                 .text = faster_text(row),
                                 .evidence = row.evidence(),
                                 .remedies = {}});
  }
}

void judge_what_if(Document& document) {
  if (parameter_text(document, "mode") != "whatif") return;
  const auto rows = comparison_rows(document);
  if (rows.empty()) return;
  const ComparisonRow* best = nullptr;
  bool undecided = false;
  for (const auto& row : rows) {
    undecided = undecided || row.verdict == "inconclusive";
    if (row.verdict != "improvement") continue;
    if (best == nullptr || row.change < best->change) best = &row;
  }
  if (best != nullptr) {
    document.verdict = {.state = "better-policy", .text = faster_text(*best)};
  } else if (undecided) {
    document.verdict = {.state = "inconclusive",
                        .text = "the runs do not decide whether another policy is faster"};
  } else {
    document.verdict = {.state = "as-is", .text = "no other policy is faster than what it does"};
  }
}

void judge_heat(Document& document) {
  if (parameter_text(document, "mode") != "attach") return;
  const auto touched = metric_of(document, "heat_touched_bytes");
  if (!touched) return;
  std::string text = fmt::format("{} touched in a window (median)", size_text(*touched));
  if (const auto experts = metric_of(document, "heat_experts_per_layer")) {
    text += fmt::format(", {:.1f} experts of each layer", *experts);
  }
  document.verdict = {.state = "measured", .text = std::move(text)};
}

}  // namespace bytepath::verdict
