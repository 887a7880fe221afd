#include "pages/page_set.h"

#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <set>

namespace bytepath::pages {
namespace {

TEST(PageSet, CountsPagesOfBytes) {
  EXPECT_EQ(pages_of(0), 0U);
  EXPECT_EQ(pages_of(1), 1U);
  EXPECT_EQ(pages_of(4096), 1U);
  EXPECT_EQ(pages_of(4097), 2U);
  EXPECT_EQ(pages_of(~std::uint64_t{0}), std::uint64_t{1} << 52);
}

TEST(PageSet, TellsWhatIsNew) {
  PageSet set(200);
  EXPECT_EQ(set.insert(60, 10), 10U);
  EXPECT_EQ(set.insert(60, 10), 0U);
  EXPECT_EQ(set.insert(65, 10), 5U);
  EXPECT_EQ(set.insert(3), 1U);
  EXPECT_EQ(set.insert(3, 0), 0U);
  EXPECT_EQ(set.count(), 16U);
  EXPECT_TRUE(set.contains(60));
  EXPECT_TRUE(set.contains(74));
  EXPECT_FALSE(set.contains(59));
  EXPECT_FALSE(set.contains(75));
  EXPECT_EQ(set.runs(), (std::vector<PageRun>{{3, 1}, {60, 15}}));
  EXPECT_EQ(set.size(), 200U);
}

TEST(PageSet, IgnoresWhatIsBeyondItsEnd) {
  PageSet set(100);
  EXPECT_EQ(set.insert(90, 20), 10U);
  EXPECT_EQ(set.insert(100, 1), 0U);
  EXPECT_EQ(set.insert(~std::uint64_t{0}, 5), 0U);
  EXPECT_EQ(set.insert(50, ~std::uint64_t{0}), 40U);
  EXPECT_FALSE(set.contains(100));
  EXPECT_FALSE(set.contains(~std::uint64_t{0}));
  EXPECT_EQ(set.count(80, ~std::uint64_t{0}), 20U);
  EXPECT_EQ(set.count(100, 1), 0U);
  EXPECT_EQ(set.count(60, 0), 0U);
  PageSet empty;
  EXPECT_EQ(empty.insert(0, 10), 0U);
  EXPECT_EQ(empty.insert(set), 0U);
  EXPECT_TRUE(empty.runs().empty());
}

TEST(PageSet, JoinsSetsOfOtherSizes) {
  PageSet small(70);
  small.insert(0, 70);
  PageSet large(200);
  large.insert(65, 100);
  EXPECT_EQ(large.insert(small), 65U);
  EXPECT_EQ(large.runs(), (std::vector<PageRun>{{0, 165}}));
  EXPECT_EQ(small.insert(large), 0U);
  PageSet tiny(66);
  EXPECT_EQ(tiny.insert(large), 66U);
  EXPECT_EQ(tiny.count(), 66U);
  EXPECT_EQ(tiny.runs(), (std::vector<PageRun>{{0, 66}}));
}

TEST(PageSet, RunsGoAcrossWords) {
  PageSet set(64 * 5);
  set.insert(63, 66);   // the last bit of a word, a whole word, the first of the next
  set.insert(192, 64);  // exactly a word
  set.insert(319, 1);   // the last bit of all
  EXPECT_EQ(set.runs(), (std::vector<PageRun>{{63, 66}, {192, 64}, {319, 1}}));
}

// Every operation against a set of numbers, over ranges of all alignments.
TEST(PageSet, AgreesWithASetOfNumbers) {
  std::mt19937_64 random(7);
  const auto below = [&](std::uint64_t limit) { return random() % limit; };
  for (int round = 0; round < 300; ++round) {
    const std::uint64_t size = 1 + below(400);
    PageSet set(size);
    std::set<std::uint64_t> model;
    for (int step = 0; step < 12; ++step) {
      const std::uint64_t first = below(size + 20);
      const std::uint64_t count = below(150);
      const std::size_t before = model.size();
      for (std::uint64_t i = first; i < std::min(first + count, size); ++i) model.insert(i);
      ASSERT_EQ(set.insert(first, count), model.size() - before);
      ASSERT_EQ(set.count(), model.size());
      const auto within =
          std::distance(model.lower_bound(first / 2), model.lower_bound(first / 2 + count));
      ASSERT_EQ(set.count(first / 2, count), static_cast<std::uint64_t>(within));
    }
    std::set<std::uint64_t> told;
    std::uint64_t end = 0;
    for (const PageRun& run : set.runs()) {
      ASSERT_GT(run.count, 0U);
      ASSERT_TRUE(told.empty() || run.first > end) << "ascending and as long as possible";
      end = run.first + run.count;
      for (std::uint64_t i = run.first; i < end; ++i) told.insert(i);
    }
    ASSERT_EQ(told, model);
  }
}

// Page by page this is 4 * 10^11 steps, word by word 10^8 (a fraction of a second).
TEST(PageSet, TakesLongRunsByWords) {
  constexpr std::uint64_t pages = 10'000'000;  // of a file of 40 GB
  PageSet set(pages);
  for (std::uint64_t i = 0; i < 2000; ++i) set.insert(i, pages - 2 * i);
  EXPECT_EQ(set.count(), pages);
  EXPECT_EQ(set.runs().size(), 1U);
}

TEST(BytesIn, CountsPartsOfPages) {
  PageSet set(10);
  set.insert(2, 2);  // bytes 8192..16384
  EXPECT_EQ(bytes_in(set, 0, 40960), 8192U);
  EXPECT_EQ(bytes_in(set, 8192, 8192), 8192U);
  EXPECT_EQ(bytes_in(set, 9000, 10), 10U);
  EXPECT_EQ(bytes_in(set, 8000, 200), 8U);
  EXPECT_EQ(bytes_in(set, 16000, 1000), 384U);
  EXPECT_EQ(bytes_in(set, 8191, 1), 0U);
  EXPECT_EQ(bytes_in(set, 8192, 1), 1U);
  EXPECT_EQ(bytes_in(set, 16384, 100), 0U);
  EXPECT_EQ(bytes_in(set, 12000, 0), 0U);
}

TEST(BytesIn, AgreesWithCountingBytes) {
  PageSet set(6);
  set.insert(1);
  set.insert(3, 2);
  std::mt19937_64 random(3);
  for (int round = 0; round < 200; ++round) {
    const std::uint64_t offset = random() % 26000;
    const std::uint64_t size = random() % 9000;
    std::uint64_t counted = 0;
    for (std::uint64_t at = offset; at < offset + size; ++at)
      counted += set.contains(at / page_bytes) ? 1 : 0;
    ASSERT_EQ(bytes_in(set, offset, size), counted) << offset << " + " << size;
  }
}

TEST(BytesIn, SurvivesRangesThatOverflow) {
  PageSet set(4);
  set.insert(0, 4);
  const std::uint64_t most = ~std::uint64_t{0};
  EXPECT_EQ(bytes_in(set, 0, most), 16384U);
  EXPECT_EQ(bytes_in(set, 4096, most), 12288U);
  EXPECT_EQ(bytes_in(set, most, most), 0U);
}

}  // namespace
}  // namespace bytepath::pages
