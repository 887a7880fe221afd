#include "report/comparison_junit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "comparison_documents.h"
#include "report/report.h"

namespace bytepath::report {
namespace {

using result::Severity;
using testing::HasSubstr;
using testing::Not;

std::string junit(const result::Document& document) { return render_junit(document, {}); }

// The head says what the suite holds.
void expect_counts(const std::string& text, std::size_t tests, std::size_t failures,
                   std::size_t skipped) {
  EXPECT_THAT(
      text, HasSubstr(fmt::format("tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\"", tests,
                                  failures, skipped)));
  EXPECT_EQ(count_of(text, "<testcase "), tests);
  EXPECT_EQ(count_of(text, "</testcase>"), tests);
  EXPECT_EQ(count_of(text, "<failure "), failures);
  EXPECT_EQ(count_of(text, "<skipped "), skipped);
}

result::Record about(const std::string& benchmark) {
  return {{"benchmark", benchmark}, {"metric", "wall"}};
}

TEST(ComparisonJunit, HasOneTestcaseARow) {
  auto document = comparison_document();
  add_row(document, {});
  add_row(document, {{"verdict", "improvement"}});
  add_row(document, {{"verdict", "regression"}});  // no gate asks for it
  add_row(document, {{"verdict", "regression"}, {"outcome", "failed"}, {"gate", "wall:+5%"}});
  add_row(document, {{"verdict", "inconclusive"}, {"why", "too few pairs"}});
  add_row(document, {{"verdict", "incomparable"}, {"outcome", "not judged"}, {"why", "two hosts"}});
  add_row(document, {{"verdict", "missing"}});
  const std::string text = junit(document);
  expect_counts(text, 8, 1, 3);
  EXPECT_THAT(text, HasSubstr("<testcase classname=\"probe-compare\" name=\"sort: wall\">"));
  EXPECT_THAT(text, HasSubstr("<failure type=\"regression\" message=\"+9.8 % [+8.1, +11.2], "
                              "margin 5 %, gate wall:+5%\">"));
  EXPECT_THAT(text, HasSubstr("<skipped message=\"inconclusive: too few pairs\"/>"));
  EXPECT_THAT(text, HasSubstr("<skipped message=\"not judged: two hosts\"/>"));
  EXPECT_THAT(text, HasSubstr("<system-out>verdict equivalent\nratio 1.0983 [1.0812, 1.1121]\n"
                              "baseline 1.00 s\nnow 1.10 s\n</system-out>"));
}

TEST(ComparisonJunit, DoesNotRepeatRowsAsFindings) {
  auto document = comparison_document();
  add_row(document, {{"verdict", "regression"}, {"outcome", "failed"}});
  add_row(document, {{"verdict", "improvement"}});
  add_finding(document, "compare.gate.failed", Severity::finding, "worse", about("sort"));
  add_finding(document, "compare.improvement", Severity::note, "better");
  add_finding(document, "compare.broken-instrument", Severity::finding, "differs from itself");
  document.not_measured.push_back({.what = "x", .reason = "y", .remedy = ""});
  const std::string text = junit(document);
  expect_counts(text, 5, 2, 1);
  EXPECT_THAT(text, HasSubstr("name=\"compare.broken-instrument\""));
  EXPECT_THAT(text, Not(HasSubstr("name=\"compare.gate.failed\"")));
  EXPECT_THAT(text, Not(HasSubstr("name=\"compare.improvement\"")));
}

TEST(ComparisonJunit, KeepsTheFindingsOfADocumentWithoutTheTable) {
  auto document = comparison_document();
  document.tables.clear();
  add_finding(document, "compare.gate.failed", Severity::finding, "worse", about("sort"));
  expect_counts(junit(document), 2, 1, 0);
}

TEST(ComparisonJunit, SkipsAFailureThatWasNotConfirmed) {
  auto document = comparison_document();
  add_row(document, {{"verdict", "regression"}, {"outcome", "failed"}});
  add_finding(document, "compare.gate.failed", Severity::warning, "did not confirm it",
              about("sort"));
  const std::string text = junit(document);
  expect_counts(text, 2, 0, 1);
  EXPECT_THAT(text, HasSubstr("<skipped message=\"did not confirm it\"/>"));
}

TEST(ComparisonJunit, FailsARegressionThatRunProbeFound) {
  auto document = comparison_document();
  add_row(document, {{"verdict", "regression"}});
  add_row(document, {{"benchmark", "other"}, {"verdict", "regression"}});
  add_finding(document, "run.regression", Severity::finding, "slower", about("sort"));
  const std::string text = junit(document);
  expect_counts(text, 3, 1, 0);
  EXPECT_LT(text.find("<failure"), text.find("name=\"other: wall\""));
}

TEST(ComparisonJunit, EscapesWhateverARowHolds) {
  auto document = comparison_document();
  document.tool = hostile;
  add_row(document, {{"benchmark", hostile}, {"outcome", "failed"}, {"gate", hostile}});
  add_row(document, {{"metric", hostile}, {"verdict", "missing"}, {"why", hostile}});
  add_row(document, {{"baseline", hostile}, {"now", std::int64_t{1}}, {"change", "much"}});
  const std::string text = junit(document);
  expect_counts(text, 4, 1, 1);
  EXPECT_THAT(text, Not(HasSubstr("<script")));
  EXPECT_THAT(text, Not(HasSubstr("]]>")));
  EXPECT_EQ(text.find_first_of("\r\x1b\xff"), std::string::npos);
  EXPECT_THAT(text, HasSubstr("ratio n/a [1.0812, 1.1121]"));
}

}  // namespace
}  // namespace bytepath::report
