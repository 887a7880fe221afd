#include "verdict/comparison_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "verdict/judge.h"

namespace bytepath::verdict {
namespace {

using result::Document;
using result::Severity;
using result::Value;
using testing::HasSubstr;

struct Row {
  std::string benchmark = "xz";
  std::string metric = "wall";
  std::string verdict = "equivalent";
  std::string outcome;
  double change = 9.8;
  double low = 8.1;
  double high = 11.2;
  std::string why;
};

Document document_of(const std::string& tool, const std::vector<Row>& rows) {
  Document document;
  document.tool = tool;
  result::Table table{.name = "comparisons", .title = {}, .columns = {}, .rows = {}};
  for (const char* name :
       {"benchmark", "metric", "baseline", "now", "change", "low", "high", "count", "paired",
        "margin", "detectable", "verdict", "gate", "outcome", "why"}) {
    table.columns.push_back({.name = name, .unit = {}});
  }
  for (const auto& row : rows) {
    table.rows.push_back({row.benchmark, row.metric, std::string("0"), std::string("5"), row.change,
                          row.low, row.high, std::int64_t{30}, true, 5.0, 1.0, row.verdict,
                          std::string(row.outcome.empty() ? "" : "wall:+5%"), row.outcome,
                          row.why});
  }
  document.tables.push_back(std::move(table));
  return document;
}

Document judged(Document document) {
  judge(document);
  // A replayed document is judged the same, though JSON has no infinity.
  auto again = result::from_json(result::to_json(document), "again.json");
  EXPECT_TRUE(again);
  judge(*again);
  EXPECT_EQ(result::to_json(*again), result::to_json(document));
  return document;
}

Document compared(const std::vector<Row>& rows, const result::Record& parameters = {}) {
  auto document = document_of("probe-compare", rows);
  document.parameters = parameters;
  return judged(std::move(document));
}

const Row failed{.verdict = "regression", .outcome = "failed"};
const Row passed{.outcome = "passed"};
const Row undecided{.verdict = "inconclusive", .outcome = "passed"};
const Row unjudged{
    .verdict = "inconclusive", .outcome = "not judged", .why = "needs at least 6 pairs"};
const Row advisory{.verdict = "regression", .outcome = "advisory", .why = "another session"};

TEST(ComparisonRules, AFailedGateIsTheVerdict) {
  const auto document = compared({passed, failed, unjudged});
  EXPECT_EQ(document.verdict.state, "failed");
  EXPECT_EQ(document.verdict.text,
            "failed: 1 of 3 gates: xz wall +9.8 % [+8.1, +11.2] (margin +5 %)");
  ASSERT_EQ(document.findings.size(), 2U);
  EXPECT_EQ(document.findings[0].id, "compare.gate.failed");
  EXPECT_EQ(document.findings[0].severity, Severity::finding);
  EXPECT_EQ(document.findings[0].evidence.at("change"), Value(9.8));
  EXPECT_EQ(document.findings[0].evidence.at("count"), Value(std::int64_t{30}));
  EXPECT_EQ(document.findings[0].evidence.at("paired"), Value(true));
  EXPECT_EQ(document.findings[1].id, "compare.not-judged");
}

TEST(ComparisonRules, InfiniteChangesAreSaidByTheirValues) {
  Row grown = failed;
  grown.change = grown.low = grown.high = std::numeric_limits<double>::infinity();
  EXPECT_EQ(compared({grown}).verdict.text,
            "failed: 1 of 1 gate: xz wall from 0 to 5 (margin +5 %)");
  Row open = failed;
  open.high = std::numeric_limits<double>::infinity();
  EXPECT_THAT(compared({open}).verdict.text, HasSubstr("+9.8 % [+8.1, inf]"));
}

TEST(ComparisonRules, PassedNotJudgedAndCompared) {
  EXPECT_EQ(compared({passed, undecided, passed}).verdict.text, "passed: 3 of 3 gates");
  const auto open = compared({passed, unjudged});
  EXPECT_EQ(open.verdict.state, "not-judged");
  EXPECT_EQ(open.verdict.text, "not judged: 1 of 2 gates: xz wall: needs at least 6 pairs");
  const auto plain = compared({{.verdict = "regression"}, {}, {}, {.verdict = "inconclusive"}});
  EXPECT_EQ(plain.verdict.state, "compared");
  EXPECT_EQ(plain.verdict.text, "compared: 1 regression, 2 equivalent, 1 inconclusive of 4");
  EXPECT_EQ(compared({passed, advisory}).verdict.text, "passed: 1 of 1 gate; 1 gate is advisory");
  EXPECT_EQ(compared({advisory}).verdict.state, "compared");
  EXPECT_EQ(compared({}).verdict.state, "");
}

TEST(ComparisonRules, StrictAsksForAnAnswer) {
  const result::Record strict = {{"strict", Value(true)}};
  EXPECT_EQ(compared({passed, undecided}).verdict.state, "passed");
  EXPECT_EQ(compared({passed, undecided}, strict).verdict.state, "not-judged");
  EXPECT_EQ(compared({passed}, strict).verdict.state, "passed");
  EXPECT_EQ(compared({failed, undecided}, strict).verdict.state, "failed");
}

TEST(ComparisonRules, ABrokenInstrumentIsAFindingAndUnderStrictNeitherPassesNorFails) {
  const auto lax = compared({passed}, {{"broken_instrument", Value(true)}});
  EXPECT_EQ(lax.verdict.state, "passed");
  EXPECT_EQ(lax.findings.at(0).id, "compare.broken-instrument");
  const auto strict =
      compared({failed}, {{"broken_instrument", Value(true)}, {"strict", Value(true)}});
  EXPECT_EQ(strict.verdict.state, "not-judged");
  for (const auto& finding : strict.findings) {
    const auto wanted = finding.id == "compare.gate.failed" || finding.id == "compare.regression"
                            ? Severity::warning
                            : Severity::finding;
    EXPECT_EQ(finding.severity, wanted) << finding.id;
  }
}

TEST(ComparisonRules, OnlyAConfirmedFailureFails) {
  const auto twice = compared({failed}, {{"confirmation", Value(std::string("confirmed"))}});
  EXPECT_EQ(twice.verdict.state, "failed");
  EXPECT_THAT(twice.verdict.text, HasSubstr("confirmed by a second measurement"));
  const auto once =
      compared({failed, passed}, {{"confirmation", Value(std::string("not confirmed"))}});
  EXPECT_EQ(once.verdict.state, "passed");
  EXPECT_THAT(once.verdict.text, HasSubstr("passed: 2 of 2 gates; 1 of them failed first and was "
                                           "not confirmed"));
  ASSERT_EQ(once.findings.size(), 1U);
  EXPECT_EQ(once.findings[0].severity, Severity::warning);
}

TEST(ComparisonRules, EveryOtherVerdictHasItsFinding) {
  const auto document = compared({advisory,
                                  {.verdict = "improvement", .change = -9.8},
                                  {.metric = "", .verdict = "missing"},
                                  {.verdict = "new"}});
  ASSERT_EQ(document.findings.size(), 3U);
  EXPECT_EQ(document.findings[0].id, "compare.regression");
  EXPECT_EQ(document.findings[0].severity, Severity::warning);
  EXPECT_EQ(document.findings[1].id, "compare.missing");
  EXPECT_EQ(document.findings[2].id, "compare.improvement");
  EXPECT_EQ(document.findings[2].severity, Severity::note);
  EXPECT_TRUE(known_pattern("probe-compare", "compare.gate.failed"));
  EXPECT_FALSE(known_pattern("probe-compare", "compare.regresion"));
}

TEST(ComparisonRules, TheLineStaysOneLine) {
  Row odd = failed;
  odd.benchmark = "sh -c 'a\n\tb'";
  const std::vector<Row> many(9, odd);
  const auto document = compared(many);
  EXPECT_EQ(document.verdict.text.find('\n'), std::string::npos);
  EXPECT_THAT(document.verdict.text, HasSubstr("failed: 9 of 9 gates"));
  EXPECT_THAT(document.verdict.text, HasSubstr("and 6 more"));
}

TEST(ComparisonRules, CellsMayHaveAnyType) {
  for (const auto& value : {Value{}, Value(true), Value(std::int64_t{-1}), Value(1e300),
                            Value(std::string("failed"))}) {
    for (const char* tool : {"probe-compare", "run-probe"}) {
      auto document = document_of(tool, {failed});
      for (auto& cell : document.tables[0].rows[0]) cell = value;
      judged(document);
      document.tables[0].columns.clear();
      document.tables[0].rows[0].clear();
      judged(document);
    }
  }
}

TEST(RunRules, SaysWhichIsFasterAndByHowMuch) {
  auto document = document_of("run-probe", {{.benchmark = "B", .verdict = "regression"}});
  document.parameters["reference_name"] = Value(std::string("A"));
  document = judged(document);
  EXPECT_EQ(document.verdict.state, "slower");
  EXPECT_EQ(document.verdict.text, "B is 9.8 % slower than A [8.1, 11.2], 30 pairs");
  ASSERT_EQ(document.findings.size(), 1U);
  EXPECT_EQ(document.findings[0].id, "run.regression");
  EXPECT_EQ(document.findings[0].severity, Severity::finding);
  const auto faster = judged(document_of(
      "run-probe",
      {{.benchmark = "B", .verdict = "improvement", .change = -9.8, .low = -11.2, .high = -8.1}}));
  EXPECT_EQ(faster.verdict.state, "faster");
  EXPECT_EQ(faster.verdict.text, "B is 9.8 % faster than the reference [8.1, 11.2], 30 pairs");
  EXPECT_EQ(faster.findings.at(0).severity, Severity::note);
}

TEST(RunRules, TheWorstOfSeveralIsTheState) {
  const auto document = judged(document_of(
      "run-probe", {{.benchmark = "B"}, {.benchmark = "C", .verdict = "inconclusive"}}));
  EXPECT_EQ(document.verdict.state, "inconclusive");
  EXPECT_THAT(document.verdict.text, HasSubstr("; C against the reference: inconclusive"));
  ASSERT_EQ(document.findings.size(), 1U);
  EXPECT_EQ(document.findings[0].id, "run.inconclusive");
}

TEST(RunRules, WhatIsNoTimeIsMoreOrLess) {
  const auto of = [](const std::string& metric) {
    return judged(document_of("run-probe", {{.metric = metric, .verdict = "regression"}}))
        .verdict.text;
  };
  EXPECT_THAT(of("wall"), HasSubstr(" % slower than the reference"));
  EXPECT_THAT(of("user"), HasSubstr(" % user slower than the reference"));
  EXPECT_THAT(of("page-faults"), HasSubstr(" has "));
}

TEST(RunRules, ABrokenInstrumentIsTheVerdictAndNothingComparedIsNone) {
  auto document = document_of("run-probe", {{.verdict = "regression"}});
  document.parameters["broken_instrument"] = Value(true);
  document = judged(document);
  EXPECT_EQ(document.verdict.state, "broken-instrument");
  EXPECT_EQ(document.findings.size(), 2U);
  Document single;
  single.tool = "run-probe";
  EXPECT_EQ(judged(single).verdict.state, "");
}

}  // namespace
}  // namespace bytepath::verdict
