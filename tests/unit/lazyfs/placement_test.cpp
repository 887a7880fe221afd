#include "lazyfs/placement.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace bytepath::lazyfs {
namespace {

std::string key(std::size_t number) { return fmt::format("2/{:x}+80000", number); }

TEST(Placement, IsOnDifferentNodes) {
  for (std::size_t i = 0; i < 500; ++i) {
    const auto nodes = place(key(i), 20, 5);
    EXPECT_EQ(std::set(nodes.begin(), nodes.end()).size(), 5U);
    EXPECT_LT(std::ranges::max(nodes), 20U);
    EXPECT_EQ(nodes, place(key(i), 20, 5));
  }
}

TEST(Placement, GivesEachNodeItsPart) {
  std::vector<int> chunks(20);
  for (std::size_t i = 0; i < 20'000; ++i) ++chunks[place(key(i), 20, 1).at(0)];
  // A binomial of 20 000 and a 20th: 1000, with a standard deviation of 31.
  for (const int count : chunks) EXPECT_NEAR(count, 1000, 155);
}

TEST(Placement, MovesOnlyWhatTheNewNodeGets) {
  std::size_t moved = 0;
  for (std::size_t i = 0; i < 2000; ++i) {
    const auto before = place(key(i), 20, 1).at(0);
    const auto after = place(key(i), 21, 1).at(0);
    if (before == after) continue;
    ++moved;
    EXPECT_EQ(after, 20U);
  }
  EXPECT_NEAR(static_cast<double>(moved), 2000.0 / 21, 50);
}

}  // namespace
}  // namespace bytepath::lazyfs
