#include "chunks/grid_prefetch.h"

#include <gtest/gtest.h>

#include "starts.h"

namespace bytepath::chunks {
namespace {

constexpr std::uint64_t kib = 1024;

TEST(PrefetchPlan, HasEachPartOnceAndCountsWhatIsWasted) {
  const auto start = test::start_of({{.offset = 0}, {.offset = 300 * kib}, {.file = 1}},
                                    {400 * kib, 10 * kib, 50 * kib});
  const GridParts parts(start, {.unit = Unit::block, .chunk_bytes = 64 * kib});
  const std::vector<mounts::FileRange> list = {
      {.path = "/0", .offset = 0, .bytes = 70 * kib},
      {.path = "/missing", .offset = 0, .bytes = 4 * kib},
      {.path = "/0", .offset = 4 * kib, .bytes = 4 * kib},
      {.path = "/1", .offset = 0, .bytes = mounts::FileRange::to_the_end},
      {.path = "/1", .offset = 10 * kib, .bytes = 4 * kib},
      {.path = "/2", .offset = 0, .bytes = 4 * kib}};
  const auto plan = plan_prefetch(start, parts, list);
  ASSERT_EQ(plan.items.size(), 4U);
  EXPECT_EQ(plan.items[0].part, 0U);
  EXPECT_EQ(plan.items[1].part, PrefetchPlan::not_read);
  EXPECT_EQ(plan.items[2].bytes, 10 * kib);
  EXPECT_EQ(plan.bytes, (64 + 64 + 10 + 50) * kib);
  EXPECT_EQ(plan.wasted_bytes, (64 + 50) * kib);
  EXPECT_EQ(plan.left, 1U) << "what lies at 300 KiB";
  EXPECT_EQ(unknown_ranges(std::vector{start}, list), 1U);
}

TEST(PrefetchPlan, OfNothingLeavesAll) {
  const auto start = test::start_of({{.offset = 0}, {.offset = 8 * kib}}, {400 * kib});
  const GridParts parts(start, {.unit = Unit::block, .chunk_bytes = 4 * kib});
  const auto plan = plan_prefetch(start, parts, {});
  EXPECT_EQ(plan.left, 2U);
  EXPECT_EQ(plan.bytes, 0U);
}

}  // namespace
}  // namespace bytepath::chunks
