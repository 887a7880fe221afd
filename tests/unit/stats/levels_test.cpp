#include "stats/levels.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <vector>

namespace bytepath::stats {
namespace {

std::vector<double> noisy(const std::vector<double>& levels, double spread, unsigned seed) {
  std::mt19937_64 random(seed);
  std::lognormal_distribution<double> noise(0, spread);
  std::vector<double> out;
  for (const double level : levels) out.push_back(level * noise(random));
  return out;
}

std::vector<double> steps(std::initializer_list<std::pair<std::size_t, double>> parts) {
  std::vector<double> out;
  for (const auto& [count, level] : parts) out.insert(out.end(), count, level);
  return out;
}

TEST(FindLevels, ExactBordersUnderNoise) {
  const auto levels = steps({{100, 1}, {15, 25}, {16, 2.3}, {200, 1.05}});
  for (unsigned seed = 0; seed < 50; ++seed) {
    const auto found = find_levels(noisy(levels, 0.08, seed));
    ASSERT_EQ(found.size(), 4U) << "seed " << seed;
    EXPECT_EQ(found[1].first, 100U);
    EXPECT_EQ(found[1].last, 114U);
    EXPECT_EQ(found[2].first, 115U);
    EXPECT_EQ(found[2].last, 130U);
    EXPECT_NEAR(found[1].level, 25, 2.5);
    EXPECT_NEAR(found[2].level, 2.3, 0.3);
  }
}

TEST(FindLevels, OneOrTwoOutliersAreNoLevelThreeAre) {
  auto levels = steps({{50, 1}});
  levels[20] = 100;
  EXPECT_EQ(find_levels(levels).size(), 1U);
  levels[21] = 100;
  EXPECT_EQ(find_levels(levels).size(), 1U);
  levels[22] = 100;
  EXPECT_EQ(find_levels(levels).size(), 3U);
}

TEST(FindLevels, ASingleValueCountsWhereItIsTrusted) {
  auto levels = steps({{50, 1}});
  levels[20] = 25;
  const auto found = find_levels(levels, {.outlier = 1e6, .fewest = 1});
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[1].first, 20U);
  EXPECT_EQ(found[1].last, 20U);
}

TEST(FindLevels, SmallStepsAndDriftAreOneLevel) {
  std::vector<double> drift;
  for (int i = 0; i < 400; ++i) drift.push_back(1 + 0.0005 * i);
  EXPECT_EQ(find_levels(drift).size(), 1U);
}

TEST(FindLevels, NothingAndNonsense) {
  EXPECT_TRUE(find_levels({}).empty());
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto found = find_levels(std::vector<double>{0, nan, -1, 2, 2, 2});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].last, 5U);
}

}  // namespace
}  // namespace bytepath::stats
