#include "chase/chain.h"

#include <gtest/gtest.h>

#include <cstring>
#include <set>

#include "chase/size_plan.h"

namespace bytepath::chase {
namespace {

TEST(RandomLap, HasOneLineOfEachSlot) {
  stats::Random random(1);
  const auto places = random_lap(std::size_t{256} << 10, pair_bytes, random);
  ASSERT_EQ(places.size(), 2048U);
  std::set<std::size_t> slots;
  std::size_t odd = 0;
  for (const auto place : places) {
    EXPECT_EQ(place % line_bytes, 0U);
    slots.insert(place / pair_bytes);
    odd += place / line_bytes % 2;
  }
  EXPECT_EQ(slots.size(), 2048U);
  EXPECT_GT(odd, 800U) << "either line of a pair";
  EXPECT_LT(odd, 1248U);
}

TEST(RandomLap, HasNoStrideThatAPrefetcherSees) {
  stats::Random random(2);
  const auto places = random_lap(std::size_t{256} << 10, line_bytes, random);
  std::size_t repeated = 0;
  for (std::size_t i = 2; i < places.size(); ++i)
    repeated += places[i] - places[i - 1] == places[i - 1] - places[i - 2] ? 1 : 0;
  EXPECT_LT(repeated, 8U);
}

TEST(LinkPlaces, GoThroughAllOfThemAndRoundAgain) {
  stats::Random random(3);
  alignas(64) std::byte memory[64 * 128];
  const auto places = random_lap(sizeof memory, line_bytes, random);
  void* at = link_places(memory, places);
  std::set<void*> seen;
  for (std::size_t i = 0; i < places.size(); ++i) {
    EXPECT_TRUE(seen.insert(at).second) << "an earlier end at " << i;
    std::memcpy(&at, at, sizeof at);
  }
  EXPECT_EQ(at, memory + places.front());
  EXPECT_EQ(link_places(memory, {}), nullptr);
}

TEST(Sizes, AscendInEvenStepsToTheMost) {
  const auto sizes = sizes_to(std::uint64_t{256} << 20, 6);
  EXPECT_EQ(sizes.front(), 4096U);
  EXPECT_EQ(sizes.back(), std::uint64_t{256} << 20);
  for (std::size_t i = 1; i < sizes.size(); ++i) {
    const double step = static_cast<double>(sizes[i]) / static_cast<double>(sizes[i - 1]);
    EXPECT_GT(step, 1.03) << sizes[i];
    EXPECT_LT(step, 1.27) << sizes[i];
    EXPECT_EQ(sizes[i] % 512, 0U);
  }
}

}  // namespace
}  // namespace bytepath::chase
