#include "faults/file_record.h"

#include <gtest/gtest.h>

namespace bytepath::faults {
namespace {

using weights::Range;

// A header of 3000 bytes, a tensor of 10,000 and one up to the end at 20,000.
const std::vector<Range> ranges = {{.offset = 0, .size = 3000},
                                   {.tensor = 0, .offset = 3000, .size = 10'000},
                                   {.tensor = 1, .offset = 13'000, .size = 7000}};

TEST(RangeOfPage, IsTheOneThatHoldsItsMiddle) {
  EXPECT_EQ(range_of_page(ranges, 0), 0U);  // middle 2048
  EXPECT_EQ(range_of_page(ranges, 1), 1U);  // 6144
  EXPECT_EQ(range_of_page(ranges, 2), 1U);  // 10240
  EXPECT_EQ(range_of_page(ranges, 3), 2U);  // 14336
  EXPECT_EQ(range_of_page(ranges, 4), 2U);  // 18432
}

TEST(RangeOfPage, OfTheLastPageIsTheLastThoughItsMiddleLiesBeyondTheFile) {
  const std::vector<Range> short_tail = {{.offset = 0, .size = 8192}, {.offset = 8192, .size = 10}};
  EXPECT_EQ(range_of_page(short_tail, 2), 1U);
}

TEST(PagesOfRange, CoverEveryPageOnce) {
  std::uint64_t next = 0;
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    const auto run = pages_of_range(ranges, i);
    EXPECT_EQ(run.first, next);
    for (std::uint64_t page = run.first; page < run.first + run.count; ++page) {
      EXPECT_EQ(range_of_page(ranges, page), i);
    }
    next = run.first + run.count;
  }
  EXPECT_EQ(next, 5U);  // 20,000 bytes
}

TEST(PagesOfRange, OfARangeThatHoldsNoMiddleAreNone) {
  const std::vector<Range> tiny = {
      {.offset = 0, .size = 100}, {.offset = 100, .size = 100}, {.offset = 200, .size = 4000}};
  EXPECT_EQ(pages_of_range(tiny, 0).count, 0U);
  EXPECT_EQ(pages_of_range(tiny, 1).count, 0U);
  EXPECT_EQ(pages_of_range(tiny, 2).count, 2U);
}

}  // namespace
}  // namespace bytepath::faults
