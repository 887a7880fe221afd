#include "report/comparison_junit.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <utility>

#include "report/comparison_rows.h"
#include "report/markup.h"
#include "report/present.h"

namespace bytepath::report {
namespace {

using result::Document;
using result::Finding;
using Subject = std::pair<std::string, std::string>;  // benchmark and metric
using Judgements = std::map<Subject, const Finding*>;

std::string evidence_text(const Finding& finding, const std::string& key) {
  const auto found = finding.evidence.find(key);
  if (found == finding.evidence.end()) return {};
  const auto* text = std::get_if<std::string>(&found->second);
  return text == nullptr ? std::string{} : *text;
}

// What the tool made of a row that is worse: its severity decides, as it does for the verdict.
Judgements judgements_of(const Document& document) {
  Judgements out;
  for (const auto& finding : document.findings) {
    if (finding.id != "compare.gate.failed" && finding.id != "run.regression") continue;
    out.emplace(Subject(evidence_text(finding, "benchmark"), evidence_text(finding, "metric")),
                &finding);
  }
  return out;
}

const Finding* judgement_of(const Judgements& judgements, const result::ComparisonRow& row) {
  if (row.verdict != "regression" && row.outcome != "failed") return nullptr;
  const auto found = judgements.find(Subject(row.benchmark, row.metric));
  return found == judgements.end() ? nullptr : found->second;
}

enum class State { passed, failed, skipped };

State state_of(const result::ComparisonRow& row, const Finding* judgement) {
  if (judgement != nullptr) {
    const bool failed = judgement->severity == result::Severity::finding;
    return failed ? State::failed : State::skipped;
  }
  if (row.outcome == "failed") return State::failed;
  static constexpr std::array<std::string_view, 3> open = {"inconclusive", "incomparable",
                                                           "missing"};
  const bool unknown = std::ranges::find(open, row.verdict) != open.end();
  return unknown || row.outcome == "not judged" ? State::skipped : State::passed;
}

std::string ratio_text(double percent, std::string_view unknown) {
  return std::isnan(percent) ? std::string(unknown) : fmt::format("{:.6g}", 1 + percent / 100);
}

std::string numbers_of(const result::ComparisonRow& row) {
  return fmt::format("verdict {}\nratio {} [{}, {}]\nbaseline {}\nnow {}\n",
                     markup_text(row.verdict), ratio_text(row.change, "n/a"),
                     ratio_text(row.low, "0"), ratio_text(row.high, "inf"),
                     markup_text(row.baseline), markup_text(row.now));
}

std::string failure_message(const result::ComparisonRow& row) {
  const std::string margin = std::isnan(row.margin) ? "n/a" : fmt::format("{:g} %", row.margin);
  return fmt::format("{}, margin {}{}{}", row.change_text(), margin,
                     row.gate.empty() ? "" : ", gate ", row.gate);
}

std::string skipped_message(const result::ComparisonRow& row, const Finding* judgement) {
  if (judgement != nullptr) return judgement->text;
  std::string out = row.outcome == "not judged" ? row.outcome : row.verdict;
  if (!row.why.empty()) out += ": " + row.why;
  return out;
}

}  // namespace

JunitCases comparison_cases(const Document& document, const result::Table& table) {
  const Judgements judgements = judgements_of(document);
  JunitCases cases;
  for (const auto& row : result::comparison_rows(table)) {
    const Finding* judgement = judgement_of(judgements, row);
    const State state = state_of(row, judgement);
    ++cases.tests;
    cases.xml +=
        fmt::format("    <testcase classname=\"{}\" name=\"{}: {}\">\n", markup_text(document.tool),
                    markup_text(row.benchmark), markup_text(row.metric));
    if (state == State::failed) {
      ++cases.failures;
      cases.xml += fmt::format("      <failure type=\"regression\" message=\"{}\">{}</failure>\n",
                               markup_text(failure_message(row)),
                               markup_text(judgement == nullptr ? row.why : judgement->text));
    }
    if (state == State::skipped) {
      ++cases.skipped;
      cases.xml += fmt::format("      <skipped message=\"{}\"/>\n",
                               markup_text(skipped_message(row, judgement)));
    }
    cases.xml +=
        fmt::format("      <system-out>{}</system-out>\n    </testcase>\n", numbers_of(row));
  }
  return cases;
}

}  // namespace bytepath::report
