#include "stats/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <vector>

namespace bytepath::stats {
namespace {

// From an independent implementation of the paper's code that gives the 11520, 0, 1509978240,
// 1215971899390074240 known of the state 1, 2, 3, 4.
TEST(Random, GivesTheSameNumbersOnEveryHost) {
  Random zero(0);
  EXPECT_EQ(zero.next(), 0x99ec5f36cb75f2b4U);
  EXPECT_EQ(zero.next(), 0xbf6e1f784956452aU);
  EXPECT_EQ(zero.next(), 0x1a5f849d4933e6e0U);
  EXPECT_EQ(zero.next(), 0x6aa594f1262d2d2cU);
  Random other(42);
  EXPECT_NE(other.next(), 0x99ec5f36cb75f2b4U);
}

TEST(Random, BelowIsBelowAndEvenlySpread) {
  Random random(1);
  std::array<int, 3> seen{};
  for (int i = 0; i < 30000; ++i) ++seen.at(random.below(3));
  for (const int times : seen) EXPECT_NEAR(times, 10000, 4 * 82);  // 4 standard deviations
  for (int i = 0; i < 100; ++i) EXPECT_EQ(random.below(1), 0U);
}

// With drawn % bound alone the lower half of these would come twice as often as the upper.
TEST(Random, BelowDrawsAgainWhatWouldMakeLowNumbersLikelier) {
  Random random(2);
  constexpr std::uint64_t bound = (UINT64_MAX / 3 + 1) * 2;
  int low = 0;
  for (int i = 0; i < 10000; ++i) low += random.below(bound) < bound / 2 ? 1 : 0;
  EXPECT_NEAR(low, 5000, 4 * 50);
}

TEST(Random, PermutationHoldsEachIndexOnce) {
  Random random(3);
  EXPECT_TRUE(random.permutation(0).empty());
  EXPECT_EQ(random.permutation(1), std::vector<std::size_t>{0});
  auto order = random.permutation(100);
  EXPECT_FALSE(std::ranges::is_sorted(order));
  std::ranges::sort(order);
  for (std::size_t i = 0; i < order.size(); ++i) EXPECT_EQ(order[i], i);
}

TEST(Random, EachOfTheOrdersOfThreeComesAlikeOften) {
  Random random(4);
  std::map<std::vector<std::size_t>, int> seen;
  for (int i = 0; i < 6000; ++i) ++seen[random.permutation(3)];
  EXPECT_EQ(seen.size(), 6U);
  for (const auto& [order, times] : seen) EXPECT_NEAR(times, 1000, 4 * 29);
}

}  // namespace
}  // namespace bytepath::stats
