#include "stats/spread.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "stats/random.h"
#include "unit/stats/noise.h"

namespace bytepath::stats {
namespace {

TEST(Mean, IsTheSumOverTheCount) {
  EXPECT_EQ(mean(std::array{1.0, 2.0, 6.0}), 3);
  EXPECT_EQ(mean({}), 0);
}

TEST(StandardDeviation, HasOneLessThanTheCountBelow) {
  EXPECT_DOUBLE_EQ(*standard_deviation(std::array{1.0, 2.0, 6.0}), std::sqrt(7.0));
  EXPECT_EQ(*standard_deviation(std::array{5.0, 5.0}), 0);
  EXPECT_FALSE(standard_deviation(std::array{5.0}).has_value());
  EXPECT_FALSE(standard_deviation({}).has_value());
}

TEST(OutlierScores, AreDistancesFromTheMedianInMedianDeviations) {
  const auto scores = outlier_scores(std::array{10.0, 12.0, 8.0, 11.0, 42.0});  // 11; 1 1 3 0 31
  EXPECT_EQ(scores, (std::vector{-1.0, 1.0, -3.0, 0.0, 31.0}));
  EXPECT_TRUE(outlier_scores({}).empty());
}

TEST(OutlierScores, WithoutDeviationAnythingElseIsFarOut) {
  const auto scores = outlier_scores(std::array{2.0, 2.0, 2.0, 2.0, 2.0 + 1e-9});
  EXPECT_EQ(scores[0], 0);
  EXPECT_NEAR(scores[4], 1e-9 / std::numeric_limits<double>::epsilon(), 1);
  EXPECT_GT(scores[4], outlier_score);
}

TEST(TwoModes, TwoClearGroupsAreFoundWithTheirMedians) {
  const std::array values = {1.0, 9.1, 1.2, 9.0, 1.1, 9.2, 0.9, 8.9, 0.8, 8.8, 1.0};
  const auto modes = two_modes(values);
  ASSERT_TRUE(modes.has_value());
  EXPECT_EQ(modes->first, 1.0);
  EXPECT_EQ(modes->second, 9.0);
}

TEST(TwoModes, AFifthOfTheValuesIsAGroupAndThreeOfTwentyNot) {
  Random random(11);
  const auto found = [&](std::size_t few, std::size_t all) {
    int times = 0;
    for (int trial = 0; trial < 200; ++trial) {
      std::vector<double> values;
      for (std::size_t i = 0; i < all; ++i) {
        values.push_back((i < few ? 150 : 100) + normal(random));
      }
      times += two_modes(values).has_value() ? 1 : 0;
    }
    return times;
  };
  EXPECT_EQ(found(8, 40), 200);
  EXPECT_EQ(found(20, 40), 200);
  EXPECT_EQ(found(3, 40), 0);  // odd runs, no group
  EXPECT_EQ(found(1, 10), 0);
}

TEST(TwoModes, OneGroupOfAnyShapeGivesNothing) {
  Random random(12);
  constexpr int trials = 2000;
  for (const std::size_t count : {10U, 12U, 15U, 30U, 100U}) {
    std::array<int, 3> found{};
    for (int trial = 0; trial < trials; ++trial) {
      std::array<std::vector<double>, 3> values;
      for (std::size_t i = 0; i < count; ++i) {
        values[0].push_back(normal(random));
        values[1].push_back(exponential(random));
        values[2].push_back(uniform(random));
      }
      for (std::size_t shape = 0; shape < 3; ++shape) {
        found.at(shape) += two_modes(values.at(shape)).has_value() ? 1 : 0;
      }
    }
    for (const int times : found) EXPECT_LE(times, trials * 2 / 100) << "of " << count;
  }
}

TEST(TwoModes, TooFewOrEqualOrThreeGroupsOrNotFiniteGiveNothing) {
  EXPECT_FALSE(two_modes({}).has_value());
  EXPECT_FALSE(two_modes(std::array{1.0, 1.0, 1.0, 1.0, 9.0, 9.0, 9.0, 9.0, 9.0}).has_value());
  EXPECT_FALSE(two_modes(std::vector(20, 3.0)).has_value());
  EXPECT_FALSE(two_modes(std::array{1., 1., 1., 1., 5., 5., 5., 5., 9., 9., 9., 9.}).has_value());
  std::vector<double> values(9, 1.0);
  values.insert(values.end(), 9, std::numeric_limits<double>::infinity());
  values.insert(values.end(), 9, std::numeric_limits<double>::quiet_NaN());
  EXPECT_FALSE(two_modes(values).has_value());
}

TEST(TwoModes, AWiderGapCanBeAskedFor) {
  const std::array values = {1.0, 1.1, 1.2, 1.3, 1.4, 3.0, 3.1, 3.2, 3.3, 3.4};
  EXPECT_TRUE(two_modes(values, 4).has_value());
  EXPECT_FALSE(two_modes(values, 40).has_value());
}

}  // namespace
}  // namespace bytepath::stats
