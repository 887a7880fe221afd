#include "verdict/run_rules.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "result/comparison_rows.h"
#include "verdict/parameters.h"

namespace bytepath::verdict {
namespace {

using result::comparison_rows;
using result::ComparisonRow;
using result::Document;
using result::Severity;

std::string reference_of(const Document& document) {
  const std::string name = parameter_text(document, "reference_name");
  return name.empty() ? "the reference" : name;
}

// Times are slower and faster; of anything else there is more or less.
struct Words {
  std::string verb, more, less;
};
Words words_of(const ComparisonRow& row) {
  static constexpr std::array times = {"wall", "user", "system", "cpu"};
  if (std::ranges::find(times, row.metric) != times.end()) {
    const std::string what = row.metric == "wall" ? "" : row.metric + " ";
    return {.verb = "is", .more = what + "slower", .less = what + "faster"};
  }
  return {.verb = "has", .more = "more " + row.metric, .less = "less " + row.metric};
}

std::string end_text(double percent, std::string_view unknown) {
  return std::isnan(percent) ? std::string(unknown) : fmt::format("{:.1f}", percent);
}

std::string sentence(const ComparisonRow& row, const std::string& reference) {
  const std::string pairs = fmt::format("{} pair{}", row.count, row.count == 1 ? "" : "s");
  if (row.verdict == "regression") {
    return fmt::format("{} {} {} % {} than {} [{}, {}], {}", row.benchmark, words_of(row).verb,
                       end_text(row.change, "n/a"), words_of(row).more, reference,
                       end_text(row.low, "n/a"), end_text(row.high, "inf"), pairs);
  }
  if (row.verdict == "improvement") {
    return fmt::format("{} {} {} % {} than {} [{}, {}], {}", row.benchmark, words_of(row).verb,
                       end_text(-row.change, "n/a"), words_of(row).less, reference,
                       end_text(-row.high, "n/a"), end_text(-row.low, "100"), pairs);
  }
  if (row.verdict == "equivalent") {
    return fmt::format("{} is as fast as {} within {:g} %: {}, {}", row.benchmark, reference,
                       row.margin, row.change_in_words(), pairs);
  }
  return fmt::format("{} against {}: {}, {}, {}{}{}", row.benchmark, reference, row.verdict,
                     row.change_in_words(), pairs, row.why.empty() ? "" : "; ", row.why);
}

void add_findings(Document& document, std::string_view verdict, const std::string& id,
                  Severity severity) {
  const std::string reference = reference_of(document);
  for (const auto& row : comparison_rows(document)) {
    if (row.verdict != verdict) continue;
    document.findings.push_back({.id = id,
                                 .severity = severity,
                                 .text = sentence(row, reference),
                                 .evidence = row.evidence(),
                                 .remedies = {}});
  }
}

}  // namespace

void judge_run_regressions(Document& document) {
  add_findings(document, "regression", "run.regression", Severity::finding);
}

void judge_run_improvements(Document& document) {
  add_findings(document, "improvement", "run.improvement", Severity::note);
}

void judge_run_inconclusive(Document& document) {
  add_findings(document, "inconclusive", "run.inconclusive", Severity::note);
}

void judge_run_instrument(Document& document) {
  if (!parameter_is_true(document, "broken_instrument")) return;
  document.findings.push_back(
      {.id = "run.broken-instrument",
       .severity = Severity::finding,
       .text =
           fmt::format("{} differs from itself: what was measured on this host cannot be trusted",
                       reference_of(document)),
       .evidence = {},
       .remedies = {}});
}

void judge_run(Document& document) {
  const auto rows = comparison_rows(document);
  std::vector<std::string> sentences;
  for (const auto& row : rows) sentences.push_back(sentence(row, reference_of(document)));
  std::string text = fmt::format("{}", fmt::join(sentences, "; "));
  if (parameter_is_true(document, "broken_instrument")) {
    document.verdict = {
        .state = "broken-instrument",
        .text = fmt::format("broken instrument: {} differs from itself{}{}", reference_of(document),
                            text.empty() ? "" : "; ", text)};
    return;
  }
  struct State {
    std::string_view verdict;
    std::string_view state;
  };
  static constexpr std::array worst_first = {
      State{"regression", "slower"}, State{"inconclusive", "inconclusive"},
      State{"improvement", "faster"}, State{"equivalent", "equivalent"}};
  for (const auto& [verdict, state] : worst_first) {
    if (std::ranges::find(rows, verdict, &ComparisonRow::verdict) == rows.end()) continue;
    document.verdict = {.state = std::string(state), .text = std::move(text)};
    return;
  }
}

}  // namespace bytepath::verdict
