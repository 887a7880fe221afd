#include "benchmark/relative_speed.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/benchmark/results.h"

namespace bytepath::benchmark {
namespace {

TEST(StatisticsOf, AreTheClassicalOnes) {
  BenchmarkResult result = result_of("x", {1, 2, 3, 6});
  result.runs[0].user = 4;
  result.runs[3].system = 2;
  const Statistics statistics = statistics_of(result);
  EXPECT_EQ(statistics.mean, 3);
  EXPECT_DOUBLE_EQ(*statistics.stddev, std::sqrt(14.0 / 3));
  EXPECT_EQ(statistics.median, 2.5);
  EXPECT_EQ(statistics.user, 1);
  EXPECT_EQ(statistics.system, 0.5);
  EXPECT_EQ(statistics.min, 1);
  EXPECT_EQ(statistics.max, 6);
}

TEST(StatisticsOf, OneRunHasNoDeviationAndNoRunIsAllZero) {
  EXPECT_FALSE(statistics_of(result_of("x", {1})).stddev);
  EXPECT_EQ(statistics_of(result_of("x", {})).max, 0);
}

TEST(RelativeSpeeds, CompareWithTheFastest) {
  const std::vector results = {result_of("a", {3}), result_of("b", {2}), result_of("c", {5})};
  const auto speeds = relative_speeds(results, std::nullopt, SortOrder::command);
  ASSERT_EQ(speeds.size(), 3U);
  EXPECT_EQ(speeds[0].ratio, 1.5);
  EXPECT_TRUE(speeds[1].is_reference);
  EXPECT_EQ(speeds[1].ratio, 1);
  EXPECT_EQ(speeds[2].ratio, 2.5);
  EXPECT_EQ(speeds[2].order, std::weak_ordering::greater);
  EXPECT_FALSE(speeds[2].stddev);
}

TEST(RelativeSpeeds, AreAboveOneOnBothSidesOfAReference) {
  const std::vector results = {result_of("a", {4}), result_of("b", {2}), result_of("c", {5})};
  const auto speeds = relative_speeds(results, 0, SortOrder::mean_time);
  ASSERT_EQ(speeds.size(), 3U);
  EXPECT_EQ(speeds[0].result, &results[1]);
  EXPECT_EQ(speeds[0].ratio, 2);
  EXPECT_EQ(speeds[0].order, std::weak_ordering::less);
  EXPECT_TRUE(speeds[1].is_reference);
  EXPECT_EQ(speeds[2].ratio, 1.25);
}

TEST(RelativeSpeeds, PropagateBothDeviations) {
  const std::vector results = {result_with("a", 1, 0.3), result_with("b", 2, 0.8)};
  const auto speeds = relative_speeds(results, std::nullopt, SortOrder::command);
  // 2 * sqrt((0.8 / 2)^2 + (0.3 / 1)^2)
  EXPECT_NEAR(*speeds[1].stddev, 1.0, 1e-12);
}

TEST(RelativeSpeeds, EqualMeansKeepTheirOrderAndTheFirstIsTheReference) {
  const std::vector results = {result_of("a", {9}), result_of("b", {1}), result_of("c", {1})};
  const auto speeds = relative_speeds(results, std::nullopt, SortOrder::mean_time);
  EXPECT_EQ(speeds[0].result, &results[1]);
  EXPECT_TRUE(speeds[0].is_reference);
  EXPECT_EQ(speeds[1].result, &results[2]);
  EXPECT_EQ(speeds[1].order, std::weak_ordering::equivalent);
}

TEST(RelativeSpeeds, AZeroMeanIsInfinitelyFarFromTheReference) {
  const std::vector results = {result_with("a", 1, 0.1), result_of("b", {0, 0})};
  const auto fastest = relative_speeds(results, std::nullopt, SortOrder::command);
  EXPECT_TRUE(std::isinf(fastest[0].ratio));
  EXPECT_FALSE(fastest[0].stddev);
  EXPECT_EQ(fastest[1].ratio, 1);
  const auto slowest = relative_speeds(results, 0, SortOrder::command);
  EXPECT_EQ(slowest[0].ratio, 1);
  EXPECT_TRUE(std::isinf(slowest[1].ratio));
}

TEST(HasRelativeSpeeds, NotWithAZeroMeanAndNotWithoutResults) {
  const std::vector results = {result_of("a", {1}), result_of("b", {2})};
  EXPECT_TRUE(has_relative_speeds(results, std::nullopt));
  EXPECT_TRUE(has_relative_speeds(results, 1));
  const std::vector zero = {result_of("a", {1}), result_of("b", {0})};
  EXPECT_FALSE(has_relative_speeds(zero, std::nullopt));
  EXPECT_FALSE(has_relative_speeds(zero, 0));
  EXPECT_FALSE(has_relative_speeds({}, std::nullopt));
  EXPECT_TRUE(relative_speeds({}, std::nullopt, SortOrder::mean_time).empty());
}

}  // namespace
}  // namespace bytepath::benchmark
