#include "report/comparison_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "comparison_documents.h"
#include "report/printable.h"

namespace bytepath::report {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::vector<std::string> lines_of(const result::Document& document, std::size_t columns = 80) {
  return comparison_lines(document.tables.front(), {.unicode = false, .columns = columns});
}

TEST(ComparisonText, NamesABenchmarkOnceAboveItsMetrics) {
  auto document = comparison_document();
  add_row(document, {});
  add_row(document, {{"metric", "cpu"}, {"verdict", "regression"}, {"outcome", "failed"}});
  add_row(document, {{"benchmark", "xz"}, {"why", "3 pairs are too few"}});
  EXPECT_THAT(lines_of(document),
              ElementsAre("  metric  baseline     now  change                verdict",     //
                          "sort",                                                          //
                          "  wall      1.00 s  1.10 s  +9.8 % [+8.1, +11.2]  equivalent",  //
                          "  cpu       1.00 s  1.10 s  +9.8 % [+8.1, +11.2]  regression, failed",
                          "xz",                                                            //
                          "  wall      1.00 s  1.10 s  +9.8 % [+8.1, +11.2]  equivalent",  //
                          "      3 pairs are too few"));
}

TEST(ComparisonText, WrapsTheVerdictRatherThanCutANumber) {
  auto document = comparison_document();
  add_row(document, {{"metric", "branch_misses"},
                     {"baseline", "1.23 G"},
                     {"change", -100.0},
                     {"low", -100.0},
                     {"high", 12345.6},
                     {"verdict", "incomparable"},
                     {"outcome", "not judged"},
                     {"why",
                      "one two three four five six seven eight nine ten eleven twelve "
                      "thirteen fourteen"}});
  const auto lines = lines_of(document);
  ASSERT_EQ(lines.size(), 6U);
  EXPECT_TRUE(lines[2].ends_with("  -100.0 % [-100.0, +12345.6]  incomparable,")) << lines[2];
  EXPECT_TRUE(lines[3].ends_with("   not judged")) << lines[3];
  for (const auto& line : lines) EXPECT_LE(display_width(line), 80U) << line;
}

TEST(ComparisonText, ShowsEveryRowOfHostileContent) {
  auto document = comparison_document();
  for (int i = 0; i < 5000; ++i) {
    add_row(document, {{"benchmark", hostile}, {"metric", hostile}, {"verdict", {}}});
  }
  add_row(document, {{"metric", std::string(100000, 'x')}, {"now", std::string(100000, 'x')}});
  const auto lines = lines_of(document);
  EXPECT_GE(lines.size(), 5003U);
  for (const auto& line : lines) {
    EXPECT_EQ(printable(line), line);
    EXPECT_LT(line.size(), 300U);
  }
}

TEST(ComparisonText, StandsForTheTableUnlessVerbose) {
  auto document = comparison_document();
  add_row(document, {});
  EXPECT_THAT(render_text(document, {}), HasSubstr("+9.8 % [+8.1, +11.2]"));
  EXPECT_THAT(render_text(document, {.columns = 200, .verbose = true}),
              Not(HasSubstr("+9.8 % [+8.1, +11.2]")));
}

}  // namespace
}  // namespace bytepath::report
