#include "lazyfs/byte_lru.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stats/random.h"

namespace bytepath::lazyfs {
namespace {

using testing::ElementsAre;

TEST(ByteLru, EvictsWhatWasUsedLongestAgo) {
  ByteLru lru(100);
  std::vector<std::string> evicted;
  for (const auto* key : {"a", "b", "c"}) EXPECT_TRUE(lru.add(key, 30, evicted));
  EXPECT_TRUE(lru.use("a"));
  EXPECT_TRUE(lru.add("d", 50, evicted));
  EXPECT_THAT(evicted, ElementsAre("b", "c"));
  EXPECT_FALSE(lru.use("b"));
  EXPECT_TRUE(lru.use("a"));
  EXPECT_EQ(lru.used(), 80U);
}

TEST(ByteLru, LeavesOutWhatItCannotHold) {
  ByteLru lru(100);
  std::vector<std::string> evicted;
  EXPECT_TRUE(lru.add("a", 100, evicted));
  EXPECT_FALSE(lru.add("b", 101, evicted));
  EXPECT_FALSE(lru.add("a", 10, evicted));
  EXPECT_TRUE(evicted.empty());
  lru.remove("a");
  lru.remove("never there");
  EXPECT_EQ(lru.used(), 0U);
}

TEST(ByteLru, NeverHoldsMoreThanItsCapacity) {
  ByteLru lru(10'000);
  stats::Random random(5);
  std::vector<std::string> evicted;
  for (int i = 0; i < 5000; ++i) {
    const auto key = std::to_string(random.below(50));
    if (!lru.use(key)) lru.add(key, random.below(3000), evicted);
    ASSERT_LE(lru.used(), lru.capacity());
  }
  EXPECT_GT(evicted.size(), 100U);
}

}  // namespace
}  // namespace bytepath::lazyfs
