#include "result/comparison_rows.h"

#include <gtest/gtest.h>

#include <cmath>

namespace bytepath::result {
namespace {

ComparisonRow row_with(double change, double low, double high) {
  return {.change = change, .low = low, .high = high};
}

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

TEST(ComparisonRows, ShowTheChangeWithItsInterval) {
  EXPECT_EQ(row_with(9.83, 8.12, 11.21).change_text(), "+9.8 % [+8.1, +11.2]");
  EXPECT_EQ(row_with(0.526, -0.314, 1.36).change_text(), "+0.53 % [-0.31, +1.36]");
  EXPECT_EQ(row_with(-0.001, -0.004, 0).change_text(), "+0.00 % [+0.00, +0.00]");
  EXPECT_EQ(row_with(2, unknown, unknown).change_text(), "+2.0 % [-100, inf]");
  EXPECT_EQ(row_with(unknown, 1, 2).change_text(), "n/a");
}

TEST(ComparisonRows, ReadMissingColumnsAndWrongTypesAsNothing) {
  const Table table{.name = "comparisons",
                    .columns = {{"benchmark", ""}, {"verdict", ""}, {"change", ""}},
                    .rows = {{true, {}, "ten"}, {"a\nb", std::int64_t{3}, INFINITY}}};
  ASSERT_TRUE(is_comparison_table(table));
  const auto rows = comparison_rows(table);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].benchmark, "");
  EXPECT_EQ(rows[0].verdict, "");
  EXPECT_TRUE(std::isnan(rows[0].change));
  EXPECT_EQ(rows[1].benchmark, "a b");
  EXPECT_EQ(rows[1].verdict, "");
  EXPECT_TRUE(std::isnan(rows[1].change));
  EXPECT_TRUE(std::isnan(rows[1].margin));
}

TEST(ComparisonRows, LeaveAnotherTableOfThisNameAlone) {
  EXPECT_FALSE(is_comparison_table({.name = "comparisons", .columns = {{"benchmark", ""}}}));
  EXPECT_FALSE(is_comparison_table({.name = "comparisons", .columns = {{"verdict", ""}}}));
  EXPECT_FALSE(is_comparison_table({.name = "x", .columns = {{"benchmark", ""}, {"verdict", ""}}}));
}

TEST(ComparisonRows, SayInWordsWhatNoPercentageSays) {
  EXPECT_EQ((ComparisonRow{.baseline = "0", .now = "5"}.change_in_words()), "from 0 to 5");
  EXPECT_EQ(row_with(2, 1, 3).change_in_words(), "+2.0 % [+1.0, +3.0]");
}

TEST(ComparisonRows, OfADocumentWithoutTheTableThereAreNone) {
  EXPECT_TRUE(comparison_rows(Document{}).empty());
}

}  // namespace
}  // namespace bytepath::result
