#include "storage/access_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace bytepath::storage {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::Lt;

TEST(AccessPlan, ReadsEachBlockOnce) {
  const auto plan = plan_accesses(Pattern::random, 1000, 1000, 7);
  EXPECT_EQ(std::set<std::uint64_t>(plan.begin(), plan.end()).size(), 1000U);
  EXPECT_THAT(plan, Each(Lt(1000U)));
  EXPECT_FALSE(std::ranges::is_sorted(plan));
}

TEST(AccessPlan, IsTheSameForTheSameSeed) {
  EXPECT_EQ(plan_accesses(Pattern::random, 1000, 100, 7),
            plan_accesses(Pattern::random, 1000, 100, 7));
  EXPECT_NE(plan_accesses(Pattern::random, 1000, 100, 7),
            plan_accesses(Pattern::random, 1000, 100, 8));
}

TEST(AccessPlan, BeginsAgainWhenAllBlocksWereRead) {
  const auto plan = plan_accesses(Pattern::random, 10, 25, 1);
  ASSERT_EQ(plan.size(), 25U);
  for (const std::size_t pass : {0U, 10U}) {
    EXPECT_EQ(std::set<std::uint64_t>(plan.begin() + static_cast<std::ptrdiff_t>(pass),
                                      plan.begin() + static_cast<std::ptrdiff_t>(pass) + 10)
                  .size(),
              10U);
  }
}

TEST(AccessPlan, DrawsOutOfAHugeFileWithoutListingIt) {
  const std::uint64_t blocks = std::uint64_t{1} << 50;
  const auto plan = plan_accesses(Pattern::random, blocks, 1000, 3);
  EXPECT_EQ(std::set<std::uint64_t>(plan.begin(), plan.end()).size(), 1000U);
  EXPECT_THAT(plan, Each(Lt(blocks)));
}

TEST(AccessPlan, IsAscendingWhereItIsSequential) {
  EXPECT_THAT(plan_accesses(Pattern::sequential, 3, 5, 1), ElementsAre(0U, 1U, 2U, 0U, 1U));
  EXPECT_THAT(plan_accesses(Pattern::sequential, 1, 2, 1), ElementsAre(0U, 0U));
}

TEST(ResidentPlan, HasAboutItsShareInPiecesOf64Kib) {
  constexpr std::uint64_t pages = 65536;
  std::uint64_t all = 0;
  std::uint64_t end = 0;
  for (const auto& run : plan_resident(pages, 0.5, 1)) {
    EXPECT_EQ(run.first % 16, 0U);
    EXPECT_EQ(run.count % 16, 0U);
    EXPECT_TRUE(run.first > end || end == 0) << "neighbours are one run";
    end = run.first + run.count;
    all += run.count;
  }
  EXPECT_LE(end, pages);
  EXPECT_NEAR(static_cast<double>(all), pages / 2.0, pages * 0.03);
}

TEST(ResidentPlan, OfAllIsOneRunToTheEnd) {
  EXPECT_THAT(plan_resident(100, 1, 1), ElementsAre(pages::PageRun{.first = 0, .count = 100}));
  EXPECT_TRUE(plan_resident(100, 0, 1).empty());
  EXPECT_TRUE(plan_resident(0, 1, 1).empty());
}

}  // namespace
}  // namespace bytepath::storage
