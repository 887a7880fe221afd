#include "report/comparison_markdown.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "comparison_documents.h"
#include "report/printable.h"
#include "report/report.h"

namespace bytepath::report {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string markdown(const result::Document& document) { return render_markdown(document, {}); }

// Every line that begins a row ends it, with as many cells as the header has.
void expect_whole(const std::string& text) {
  EXPECT_LE(text.size(), 65000U);
  for (const auto line : split(text, '\n')) {
    if (!line.starts_with('|')) continue;
    EXPECT_TRUE(line.ends_with('|')) << line;
    const auto cells = count_of(line, "|") - count_of(line, "\\|");
    EXPECT_TRUE(cells == 7 || cells == 8) << line;
  }
  std::string shown = text;
  std::erase(shown, '\n');
  EXPECT_EQ(printable(shown), shown);  // no control character, no part of a code point
}

TEST(ComparisonMarkdown, BeginsWithAMarkerThatABotFindsAgain) {
  auto document = comparison_document();
  EXPECT_THAT(markdown(document),
              StartsWith("<!-- bytepath:probe-compare -->\n## probe-compare\n"));
  document.parameters["name"] = std::int64_t{7};
  EXPECT_THAT(markdown(document), StartsWith("<!-- bytepath:probe-compare -->\n"));
  document.parameters["name"] = "nightly";
  EXPECT_THAT(markdown(document), StartsWith("<!-- bytepath:probe-compare:nightly -->\n"));
}

TEST(ComparisonMarkdown, LetsNoNameEndTheMarker) {
  auto document = comparison_document();
  for (const std::string name : {"--> <b>", "---->", "a--!>b", "->", "x\n-->\n"}) {
    document.parameters["name"] = name;
    const std::string text = markdown(document);
    const std::string line = text.substr(0, text.find('\n'));
    ASSERT_TRUE(line.starts_with("<!-- ") && line.ends_with(" -->")) << line;
    const std::string inside = line.substr(5, line.size() - 9);
    EXPECT_THAT(inside, Not(HasSubstr("--"))) << name;
    EXPECT_THAT(inside, Not(HasSubstr(">"))) << name;
  }
}

TEST(ComparisonMarkdown, HasNoMarkerWithoutTheTable) {
  auto document = comparison_document();
  document.tables.clear();
  EXPECT_THAT(markdown(document), StartsWith("## probe-compare\n"));
}

TEST(ComparisonMarkdown, ShowsWhatFailedFirstAndFoldsTheRest) {
  auto document = comparison_document();
  add_row(document, {{"benchmark", "quiet"}});
  add_row(document, {{"benchmark", "better"}, {"verdict", "improvement"}});
  add_row(document, {{"benchmark", "open"}, {"verdict", "inconclusive"}});
  add_row(document, {{"benchmark", "worse"}, {"verdict", "regression"}});
  add_row(document, {{"benchmark", "broken"},
                     {"verdict", "regression"},
                     {"gate", "wall:+5%"},
                     {"outcome", "failed"}});
  const std::string text = markdown(document);
  EXPECT_THAT(text, HasSubstr("| broken | wall | 1.00 s | 1.10 s | +9.8 % \\[+8.1, +11.2\\] | "
                              "regression | wall:+5%: failed |\n| worse |"));
  EXPECT_LT(text.find("| worse"), text.find("| better"));
  EXPECT_LT(text.find("| better"),
            text.find("<details><summary>1 unchanged, 1 inconclusive</summary>"));
  EXPECT_LT(text.find("<summary>"), text.find("| quiet"));
  EXPECT_LT(text.find("| open"), text.find("</details>"));
}

TEST(ComparisonMarkdown, LeavesOutUnchangedRowsBeforeChangedOnes) {
  auto document = comparison_document();
  for (int i = 0; i < 5000; ++i) add_row(document, {{"benchmark", fmt::format("quiet{}", i)}});
  for (int i = 0; i < 100; ++i) {
    add_row(document, {{"benchmark", fmt::format("loud{}.", i)}, {"verdict", "regression"}});
  }
  const std::string text = markdown(document);
  expect_whole(text);
  EXPECT_EQ(count_of(text, "| loud"), 100U);
  const auto shown = count_of(text, "| quiet");
  EXPECT_GT(shown, 500U);
  EXPECT_THAT(text, HasSubstr(fmt::format("\n… and {} more rows (see the JSON)\n", 5000 - shown)));
  EXPECT_THAT(text, HasSubstr("<summary>5000 unchanged</summary>"));
}

TEST(ComparisonMarkdown, LeavesOutChangedRowsOnlyWhenNothingElseIsLeft) {
  auto document = comparison_document();
  add_row(document, {{"benchmark", "quiet"}});
  for (int i = 0; i < 5000; ++i) {
    add_row(document, {{"benchmark", fmt::format("{}", i)}, {"verdict", "regression"}});
    add_finding(document, "compare.regression", result::Severity::warning, "it is worse");
  }
  const std::string text = markdown(document);
  expect_whole(text);
  EXPECT_GT(text.size(), 60000U);
  EXPECT_THAT(text, HasSubstr("| 100 |"));
  EXPECT_THAT(text, Not(HasSubstr("| quiet")));
  EXPECT_THAT(text, HasSubstr("… and 1 more row (see the JSON)\n\n</details>"));
  EXPECT_THAT(text, HasSubstr("more parts (see the JSON)"));
  EXPECT_THAT(text, HasSubstr("\nprobe-compare 1\n")) << "the foot stays";
}

TEST(ComparisonMarkdown, StaysWholeWhateverTheTextsAre) {
  const std::string wide = [] {
    std::string out;
    for (int i = 0; i < 30000; ++i) out += "e\u0301\u6f22";  // combining: less wide than long
    return out;
  }();
  for (const std::string& text :
       {hostile, wide, std::string(100000, 'x'), std::string(9999, '|')}) {
    auto document = comparison_document();
    document.tool = text;
    document.verdict.text = text;
    document.host.kernel = text;
    document.parameters["name"] = text;
    add_finding(document, text, result::Severity::finding, text);
    for (int i = 0; i < 60; ++i) {
      add_row(document, {{"benchmark", text}, {"metric", text}, {"verdict", text}, {"gate", text}});
      add_row(document, {{"benchmark", text}, {"outcome", text}});
    }
    const std::string shown = markdown(document);
    expect_whole(shown);
    EXPECT_GT(count_of(shown, "\n| "), 10U);
  }
}

TEST(ComparisonMarkdown, TakesATableOfWrongShapes) {
  auto document = comparison_document();
  document.tables[0].columns = {{"benchmark", ""}, {"verdict", ""}};
  document.tables[0].rows = {{std::int64_t{1}, {}}};
  const std::string text = markdown(document);
  EXPECT_THAT(text, HasSubstr("|  |  |  |  | n/a |  |\n"));
}

}  // namespace
}  // namespace bytepath::report
