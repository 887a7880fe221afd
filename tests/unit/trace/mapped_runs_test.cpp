#include "trace/mapped_runs.h"

#include <gtest/gtest.h>

#include <vector>

namespace bytepath::trace {
namespace {

constexpr std::uint64_t page = 4096;
constexpr std::uint64_t block = 512 * page;
constexpr std::uint64_t base = 0x7f00'0000'0000;
constexpr std::uint64_t all = ~std::uint64_t{0};

bytepath_page_table_block huge(bool accessed) {
  return {.state = bytepath_block_huge, .mapped = {}, .accessed = {accessed ? 1U : 0U}};
}

bytepath_page_table_block full() {
  bytepath_page_table_block made{.state = bytepath_block_small, .mapped = {}, .accessed = {}};
  for (auto& word : made.mapped) word = all;
  return made;
}

struct Found {
  std::vector<MappedRun> runs;
  WalkCounts counts;
};

Found runs_of(std::uint64_t start, std::uint64_t end,
              const std::vector<bytepath_page_table_block>& blocks) {
  Found found;
  const std::function<void(const MappedRun&)> take = [&](const MappedRun& run) {
    found.runs.push_back(run);
  };
  MappedRuns runs(start, end, take);
  const std::uint64_t first = start / block * block;
  for (std::size_t i = 0; i < blocks.size(); ++i) runs.add(first + i * block, blocks[i]);
  found.counts = runs.finish();
  return found;
}

using Runs = std::vector<MappedRun>;

TEST(MappedRuns, AreApartByWhetherTheyWereAccessed) {
  auto made = full();
  made.mapped[0] = 0b1101'1110;
  made.mapped[1] = 0;
  made.accessed[0] = 0b1001'0110;
  made.accessed[1] = all;  // bits of pages that are not mapped do not count
  for (int i = 2; i < 8; ++i) made.mapped[i] = 0;
  const auto found = runs_of(base, base + block, {made});
  EXPECT_EQ(found.runs, (Runs{{.first = 1, .count = 2, .accessed = true},
                              {.first = 3, .count = 1, .accessed = false},
                              {.first = 4, .count = 1, .accessed = true},
                              {.first = 6, .count = 1, .accessed = false},
                              {.first = 7, .count = 1, .accessed = true}}));
  EXPECT_EQ(found.counts.present, 6U);
  EXPECT_EQ(found.counts.accessed, 4U);
  EXPECT_EQ(found.counts.huge, 0U);
}

TEST(MappedRuns, AreJoinedAcrossWordsAndBlocks) {
  auto second = full();
  second.accessed[7] = std::uint64_t{1} << 63;
  const auto found = runs_of(base, base + 2 * block, {full(), second});
  EXPECT_EQ(found.runs, (Runs{{.first = 0, .count = 1023, .accessed = false},
                              {.first = 1023, .count = 1, .accessed = true}}));
}

TEST(MappedRuns, CountFromTheStartAndEndWithTheRange) {
  auto made = full();
  for (auto& word : made.accessed) word = all;
  // From page 70 of the first block to page 5 of the second.
  const auto found = runs_of(base + 70 * page, base + block + 5 * page, {made, made});
  EXPECT_EQ(found.runs, (Runs{{.first = 0, .count = 447, .accessed = true}}));
  made.accessed[1] = std::uint64_t{1} << 6;  // page 70
  const auto first_only = runs_of(base + 70 * page, base + 72 * page, {made});
  EXPECT_EQ(first_only.runs, (Runs{{.first = 0, .count = 1, .accessed = true},
                                   {.first = 1, .count = 1, .accessed = false}}));
}

TEST(MappedRuns, TellHugeEntriesAndTablesThatCouldNotBeRead) {
  auto unreadable = full();
  unreadable.state = bytepath_block_unreadable;
  auto absent = full();
  absent.state = bytepath_block_absent;
  const auto found = runs_of(base, base + 6 * block,
                             {huge(true), huge(true), huge(false), absent, unreadable, full()});
  EXPECT_EQ(found.runs, (Runs{{.first = 0, .count = 1024, .accessed = true, .huge = true},
                              {.first = 1024, .count = 512, .accessed = false, .huge = true},
                              {.first = 2560, .count = 512, .accessed = false}}));
  EXPECT_EQ(found.counts.huge, 1536U);
  EXPECT_EQ(found.counts.present, 2048U);
  EXPECT_EQ(found.counts.accessed, 1024U);
  EXPECT_EQ(found.counts.unreadable, 512U);
}

TEST(MappedRuns, DoNotJoinHugeAndSmall) {
  const auto found =
      runs_of(base + block - page, base + 2 * block + page, {full(), huge(false), full()});
  EXPECT_EQ(found.runs.size(), 3U);
  EXPECT_EQ(found.counts.present, 514U);
}

TEST(MappedRuns, OfNothingAreNone) {
  EXPECT_TRUE(runs_of(base, base, {full()}).runs.empty());
  auto out_of_range = full();
  const auto found = runs_of(base + block, base + 2 * block, {out_of_range, out_of_range});
  EXPECT_EQ(found.counts.present, 512U);
}

}  // namespace
}  // namespace bytepath::trace
