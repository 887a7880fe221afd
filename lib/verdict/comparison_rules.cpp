#include "verdict/comparison_rules.h"

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

constexpr std::size_t quoted = 3;  // rows in the line; the table holds all

struct Gates {
  std::vector<ComparisonRow> failed;
  std::vector<ComparisonRow> not_judged;
  std::size_t passed = 0;
  std::size_t inconclusive = 0;  // of the passed
  std::size_t advisory = 0;

  std::size_t all() const { return failed.size() + not_judged.size() + passed; }
};

Gates gates_of(const std::vector<ComparisonRow>& rows) {
  Gates gates;
  for (const auto& row : rows) {
    if (row.outcome == "failed") gates.failed.push_back(row);
    if (row.outcome == "not judged") gates.not_judged.push_back(row);
    if (row.outcome == "advisory") ++gates.advisory;
    if (row.outcome != "passed") continue;
    ++gates.passed;
    if (row.verdict == "inconclusive") ++gates.inconclusive;
  }
  return gates;
}

bool broken(const Document& document) { return parameter_is_true(document, "broken_instrument"); }

bool neither_passes_nor_fails(const Document& document) {
  return broken(document) && parameter_is_true(document, "strict");
}

bool not_confirmed(const Document& document) {
  return parameter_text(document, "confirmation") == "not confirmed";
}

std::string signed_percent(double percent) {
  return std::isnan(percent) ? "n/a" : fmt::format("{:+.6g}", percent);
}

std::string failed_text(const ComparisonRow& row) {
  return fmt::format("{} {} (margin {} %)", row.subject(), row.change_in_words(),
                     signed_percent(row.margin));
}

std::string not_judged_text(const ComparisonRow& row) {
  return fmt::format("{}: {}", row.subject(), row.why.empty() ? row.verdict : row.why);
}

std::string listed(const std::vector<ComparisonRow>& rows,
                   std::string (*text)(const ComparisonRow&)) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < std::min(rows.size(), quoted); ++i) parts.push_back(text(rows[i]));
  if (rows.size() > quoted) parts.push_back(fmt::format("and {} more", rows.size() - quoted));
  return fmt::format("{}", fmt::join(parts, "; "));
}

// "1 regression, 2 equivalent, 1 inconclusive of 4"
std::string census(const std::vector<ComparisonRow>& rows) {
  struct Word {
    std::string_view verdict;
    std::string_view plural;
  };
  static constexpr std::array words = {Word{"regression", "regressions"},
                                       Word{"improvement", "improvements"},
                                       Word{"equivalent", "equivalent"},
                                       Word{"inconclusive", "inconclusive"},
                                       Word{"incomparable", "incomparable"},
                                       Word{"missing", "missing"},
                                       Word{"new", "new"}};
  std::vector<std::string> parts;
  for (const auto& word : words) {
    const auto count = std::ranges::count(rows, word.verdict, &ComparisonRow::verdict);
    if (count == 0) continue;
    parts.push_back(fmt::format("{} {}", count, count == 1 ? word.verdict : word.plural));
  }
  return fmt::format("{} of {}", fmt::join(parts, ", "), rows.size());
}

std::string plural(std::size_t count) {
  return fmt::format("{} gate{}", count, count == 1 ? "" : "s");
}

std::string advice(const Gates& gates) {
  if (gates.advisory == 0) return {};
  return fmt::format("; {} {} advisory", plural(gates.advisory),
                     gates.advisory == 1 ? "is" : "are");
}

std::string strict_reasons(const Document& document, const Gates& gates) {
  std::vector<std::string> reasons;
  if (broken(document)) reasons.emplace_back("the instrument is broken");
  if (gates.inconclusive > 0)
    reasons.push_back(fmt::format("{} inconclusive", plural(gates.inconclusive)));
  return fmt::format("{}", fmt::join(reasons, ", "));
}

void set(Document& document, std::string_view state, std::string text) {
  document.verdict = {.state = std::string(state), .text = std::move(text)};
}

void judge_undecided(Document& document, const Gates& gates) {
  std::vector<std::string> reasons;
  if (!gates.not_judged.empty()) {
    reasons.push_back(fmt::format("{} of {}: {}", gates.not_judged.size(), plural(gates.all()),
                                  listed(gates.not_judged, not_judged_text)));
  }
  if (parameter_is_true(document, "strict")) {
    const auto strict = strict_reasons(document, gates);
    if (!strict.empty()) reasons.push_back(strict);
  }
  if (!reasons.empty())
    set(document, "not-judged", fmt::format("not judged: {}", fmt::join(reasons, "; ")));
}

void judge_passed(Document& document, const Gates& gates) {
  const std::string text =
      fmt::format("passed: {} of {}", gates.passed + gates.failed.size(), plural(gates.all()));
  if (gates.failed.empty()) {
    set(document, "passed", text + advice(gates));
  } else {
    set(document, "passed",
        fmt::format("{}; {} of them failed first and {} not confirmed by a second measurement: {}",
                    text, gates.failed.size(), gates.failed.size() == 1 ? "was" : "were",
                    listed(gates.failed, failed_text)));
  }
}

void add_finding(Document& document, std::string id, Severity severity, std::string text,
                 const ComparisonRow& row) {
  document.findings.push_back({.id = std::move(id),
                               .severity = severity,
                               .text = std::move(text),
                               .evidence = row.evidence(),
                               .remedies = {}});
}

}  // namespace

void judge_failed_gates(Document& document) {
  const bool doubted = not_confirmed(document) || neither_passes_nor_fails(document);
  for (const auto& row : gates_of(comparison_rows(document)).failed) {
    std::string text =
        fmt::format("{} is worse than its gate allows: {}", row.subject(), failed_text(row));
    if (not_confirmed(document)) text += "; a second measurement did not confirm it";
    add_finding(document, "compare.gate.failed", doubted ? Severity::warning : Severity::finding,
                std::move(text), row);
  }
}

void judge_regressions(Document& document) {
  for (const auto& row : comparison_rows(document)) {
    if (row.verdict != "regression" || row.outcome == "failed") continue;
    add_finding(document, "compare.regression", Severity::warning,
                fmt::format("{} is worse: {}{}{}", row.subject(), row.change_in_words(),
                            row.why.empty() ? "" : "; ", row.why),
                row);
  }
}

void judge_improvements(Document& document) {
  for (const auto& row : comparison_rows(document)) {
    if (row.verdict != "improvement") continue;
    add_finding(document, "compare.improvement", Severity::note,
                fmt::format("{} is better: {}", row.subject(), row.change_in_words()), row);
  }
}

void judge_not_judged(Document& document) {
  for (const auto& row : gates_of(comparison_rows(document)).not_judged) {
    add_finding(document, "compare.not-judged", Severity::warning,
                fmt::format("gate {} was not judged: {}", row.gate, not_judged_text(row)), row);
  }
}

void judge_missing(Document& document) {
  for (const auto& row : comparison_rows(document)) {
    if (row.verdict != "missing") continue;
    add_finding(document, "compare.missing", Severity::warning,
                fmt::format("{} is not there any more: {}", row.subject(), row.why), row);
  }
}

void judge_broken_instrument(Document& document) {
  if (!broken(document)) return;
  document.findings.push_back(
      {.id = "compare.broken-instrument",
       .severity = Severity::finding,
       .text =
           "the reference differs from itself: what was measured on this host cannot be trusted",
       .evidence = {},
       .remedies = {}});
}

void judge_comparisons(Document& document) {
  const auto rows = comparison_rows(document);
  if (rows.empty()) return;
  const Gates gates = gates_of(rows);
  const bool failed = !gates.failed.empty() && !not_confirmed(document);
  if (failed && !neither_passes_nor_fails(document)) {
    const bool twice = parameter_text(document, "confirmation") == "confirmed";
    set(document, "failed",
        fmt::format("failed: {} of {}{}: {}", gates.failed.size(), plural(gates.all()),
                    twice ? ", confirmed by a second measurement" : "",
                    listed(gates.failed, failed_text)));
    return;
  }
  judge_undecided(document, gates);
  if (!document.verdict.state.empty()) return;
  if (gates.all() > 0) {
    judge_passed(document, gates);
  } else {
    set(document, "compared", fmt::format("compared: {}{}", census(rows), advice(gates)));
  }
}

}  // namespace bytepath::verdict
