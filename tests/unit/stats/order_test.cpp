#include "stats/order.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace bytepath::stats {
namespace {

TEST(MedianRank, EqualsTheBinomialTables) {
  // Conover, table of 95 % intervals of the median: n, rank of the lower end.
  EXPECT_EQ(median_rank(5), 0U);  // even the extremes hold it with 93.75 % only
  EXPECT_EQ(median_rank(6), 1U);
  EXPECT_EQ(median_rank(8), 1U);
  EXPECT_EQ(median_rank(9), 2U);
  EXPECT_EQ(median_rank(15), 4U);
  EXPECT_EQ(median_rank(16), 4U);
  EXPECT_EQ(median_rank(20), 6U);
  EXPECT_EQ(median_rank(100), 40U);
}

// By exact integer arithmetic. Beyond 1074 values 2^-n is no double any more.
TEST(MedianRank, IsExactForAMillionValues) {
  EXPECT_EQ(median_rank(40), 14U);
  EXPECT_EQ(median_rank(80), 31U);
  EXPECT_EQ(median_rank(160), 68U);
  EXPECT_EQ(median_rank(320), 142U);
  EXPECT_EQ(median_rank(640), 295U);
  EXPECT_EQ(median_rank(1029), 483U);
  EXPECT_EQ(median_rank(2000), 956U);
  EXPECT_EQ(median_rank(10001), 4902U);
  EXPECT_EQ(median_rank(1000000), 499020U);
}

TEST(MedianRank, NothingIsBelowTheConfidenceAndAllIsAboveNone) {
  EXPECT_EQ(median_rank(0), 0U);
  EXPECT_EQ(median_rank(1), 0U);
  EXPECT_EQ(median_rank(9, 0), 4U);
  EXPECT_EQ(median_rank(10, 0), 5U);
  EXPECT_EQ(median_rank(50, 1), 0U);
}

TEST(Summarize, OrderDoesNotMatterAndOneOutlierMovesNothing) {
  const std::array values = {5.0, 1.0, 3.0, 2.0, 4.0, 7.0, 6.0, 9.0, 1e9};
  const auto summary = summarize(values);
  EXPECT_EQ(summary.count, 9U);
  EXPECT_EQ(summary.median, 5);
  EXPECT_EQ(summary.low, 2);
  EXPECT_EQ(summary.high, 9);
  EXPECT_EQ(summary.min, 1);
  EXPECT_EQ(summary.max, 1e9);
}

TEST(Summarize, FewValuesGiveTheWholeRange) {
  const auto summary = summarize(std::array{4.0, 2.0});
  EXPECT_EQ(summary.median, 3);
  EXPECT_EQ(summary.low, 2);
  EXPECT_EQ(summary.high, 4);
}

TEST(Summarize, NothingAndNotANumber) {
  EXPECT_EQ(summarize({}).count, 0U);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(summarize(std::array{nan, 2.0, nan}).median, 2);
  EXPECT_EQ(summarize(std::array{nan}).count, 0U);
}

// The interval must hold the true median at least as often as it claims, for a skewed distribution.
TEST(Summarize, IntervalCoversTheMedian) {
  std::mt19937_64 random(7);
  std::exponential_distribution<double> distribution(1);
  int covered = 0;
  constexpr int trials = 2000;
  for (int i = 0; i < trials; ++i) {
    std::array<double, 16> values{};
    for (auto& value : values) value = distribution(random);
    const auto summary = summarize(values);
    covered += summary.low <= std::log(2) && std::log(2) <= summary.high ? 1 : 0;
  }
  EXPECT_GE(covered, trials * 94 / 100);  // exact coverage is 97.9 %
  EXPECT_LT(covered, trials);             // an interval that always covers says nothing
}

TEST(PairedRatio, CancelsWhatHitsBoth) {
  const std::array a = {20.0, 200.0, 22.0, 30.0};
  const std::array b = {10.0, 100.0, 11.0, 0.0};  // the last pair cannot be used
  const auto ratio = paired_ratio(a, b);
  EXPECT_EQ(ratio.count, 3U);
  EXPECT_EQ(ratio.low, 2);
  EXPECT_EQ(ratio.high, 2);
}

TEST(BatchMedians, AreOfStretchesInTheirOrder) {
  std::vector<float> values;
  for (int i = 0; i < 100; ++i) values.push_back(static_cast<float>(i / 25 * 10));
  EXPECT_EQ(batch_medians(values, 4), (std::vector<double>{0, 10, 20, 30}));
  EXPECT_TRUE(batch_medians(values, 11).empty()) << "nine of each would be too few";
  EXPECT_EQ(batch_medians(values, 10).size(), 10U);
  EXPECT_TRUE(batch_medians(values, 0).empty());
}

}  // namespace
}  // namespace bytepath::stats
