#include "mounts/byte_ranges.h"

#include <gtest/gtest.h>

#include <bitset>
#include <random>

namespace bytepath::mounts {
namespace {

using Ranges = std::vector<ByteRange>;

TEST(ByteRanges, TellWhatIsNew) {
  ByteRanges ranges;
  EXPECT_EQ(ranges.insert({.first = 10, .end = 20}), (Ranges{{.first = 10, .end = 20}}));
  EXPECT_EQ(ranges.insert({.first = 30, .end = 40}), (Ranges{{.first = 30, .end = 40}}));
  EXPECT_EQ(ranges.insert({.first = 5, .end = 45}),
            (Ranges{{.first = 5, .end = 10}, {.first = 20, .end = 30}, {.first = 40, .end = 45}}));
  EXPECT_EQ(ranges.insert({.first = 6, .end = 44}), Ranges{});
  EXPECT_EQ(ranges.bytes(), 40U);
  EXPECT_TRUE(ranges.contains({.first = 5, .end = 45}));
  EXPECT_FALSE(ranges.contains({.first = 5, .end = 46}));
}

TEST(ByteRanges, TakeNothingThatIsEmpty) {
  ByteRanges ranges;
  EXPECT_EQ(ranges.insert({.first = 3, .end = 3}), Ranges{});
  EXPECT_EQ(ranges.insert({.first = 4, .end = 3}), Ranges{});
  EXPECT_EQ(ranges.bytes(), 0U);
  EXPECT_TRUE(ranges.contains({.first = 3, .end = 3}));
}

TEST(ByteRanges, AreAsBitsWouldBe) {
  std::mt19937 random(1);  // NOLINT(cert-msc51-cpp): the same ranges each time
  constexpr std::size_t size = 200;
  for (int round = 0; round < 50; ++round) {
    std::bitset<size> bits;
    ByteRanges ranges;
    for (int i = 0; i < 20; ++i) {
      const std::uint64_t first = random() % size;
      const std::uint64_t end = std::min<std::uint64_t>(first + random() % 30, size);
      std::uint64_t added = 0;
      for (std::uint64_t at = first; at < end; ++at) {
        added += bits[at] ? 0U : 1U;
        bits[at] = true;
      }
      std::uint64_t said = 0;
      for (const auto& part : ranges.insert({.first = first, .end = end})) said += part.bytes();
      ASSERT_EQ(said, added);
      ASSERT_EQ(ranges.bytes(), bits.count());
    }
    for (const auto& part : ranges.within({.first = 50, .end = 150})) {
      for (std::uint64_t at = part.first; at < part.end; ++at) bits[at] = false;
    }
    for (std::size_t at = 50; at < 150; ++at) ASSERT_FALSE(bits[at]) << at;
  }
}

}  // namespace
}  // namespace bytepath::mounts
