#include "storage/labels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "trace/access_tier.h"

namespace bytepath::storage {
namespace {

std::string tier_of(const bytepath_access& access) {
  return tier_name(bytepath_tier_of_access(&access));
}

// What the kernel side saw within an access -> its tier. All that is not named is zero.
TEST(AccessTier, IsThePageCacheWhereNothingHappened) { EXPECT_EQ(tier_of({}), "page cache"); }

TEST(AccessTier, IsTheDeviceWhereThePageCameFromOne) {
  EXPECT_EQ(tier_of({.pages_missed = 1, .pages_added = 1, .block_requests = 1, .waits = 1}),
            "block device");
  // O_DIRECT: nothing comes into the page cache.
  EXPECT_EQ(tier_of({.block_requests = 1, .waits = 1}), "block device");
  // The request was joined with another's.
  EXPECT_EQ(tier_of({.pages_missed = 1, .pages_added = 1, .waits = 1, .on_block_device = 1}),
            "block device");
}

TEST(AccessTier, IsReadaheadWhereAnotherAccessAskedForThePage) {
  EXPECT_EQ(tier_of({.waits = 1}), "readahead");
  // It hit, and asked for what comes behind it.
  EXPECT_EQ(tier_of({.pages_added = 32, .block_requests = 1}), "readahead");
  EXPECT_EQ(tier_of({.pages_added = 32, .fuse_reads = 1}), "readahead");
}

TEST(AccessTier, TellsWhatAFuseDaemonHad) {
  EXPECT_EQ(tier_of({.pages_missed = 1, .pages_added = 1, .fuse_reads = 1}), "FUSE");
  EXPECT_EQ(tier_of({.pages_missed = 1, .pages_added = 1, .fuse_reads = 1, .answers_cached = 1}),
            "FUSE page cache");
  EXPECT_EQ(tier_of({.pages_missed = 1,
                     .pages_added = 1,
                     .fuse_reads = 2,
                     .answers_cached = 1,
                     .answers_waited = 1}),
            "FUSE block device");
  EXPECT_EQ(tier_of({.fuse_reads = 1}), "FUSE");  // FOPEN_DIRECT_IO
  EXPECT_EQ(tier_of({.fuse_others = 1}), "FUSE attributes");
}

TEST(AccessTier, KnowsHolesAndOtherFileSystems) {
  EXPECT_EQ(tier_of({.pages_missed = 1, .pages_added = 1}), "no I/O");
  EXPECT_EQ(tier_of({.pages_missed = 1, .pages_added = 1, .waits = 1}), "other");
}

TEST(FaultTier, IsOfMemoryWhereThereIsNoFile) {
  const auto tier = [](const bytepath_access& fault) {
    return std::string(tier_name(bytepath_tier_of_fault(&fault)));
  };
  EXPECT_EQ(tier({}), "memory");
  EXPECT_EQ(tier({.block_requests = 1, .is_major = 1}), "swap device");
  EXPECT_EQ(tier({.is_file = 1}), "page cache");
  EXPECT_EQ(
      tier({.pages_missed = 1, .pages_added = 1, .block_requests = 1, .is_file = 1, .is_major = 1}),
      "block device");
}

TEST(TierNames, AreThereForEachAndNoMore) {
  for (Tier tier = 0; tier < bytepath_tier_count; ++tier) EXPECT_STRNE(tier_name(tier), "") << tier;
  EXPECT_STREQ(tier_name(bytepath_tier_count), "");
  EXPECT_STREQ(tier_name(-1), "");
  EXPECT_LE(bytepath_tier_count, BYTEPATH_TIER_ROWS);
}

TEST(Usage, TellsAMissByBlocksMajorFaultsAndSleeps) {
  rusage before{};
  EXPECT_FALSE(usage_tells_miss(before, before));
  for (auto field : {&rusage::ru_inblock, &rusage::ru_majflt, &rusage::ru_nvcsw}) {
    rusage after{};
    after.*field = 1;
    EXPECT_TRUE(usage_tells_miss(before, after));
  }
  rusage preempted{};
  preempted.ru_nivcsw = 1;
  EXPECT_FALSE(usage_tells_miss(before, preempted));
}

TEST(GuessBorder, LiesBetweenTwoGroups) {
  std::vector<double> times;
  for (int i = 0; i < 500; ++i) {
    times.push_back(1500 + i);
    times.push_back(60'000 + 20.0 * i);
  }
  const double border = guess_border(times);
  EXPECT_GT(border, 2000);
  EXPECT_LT(border, 60'000);
}

TEST(GuessBorder, IsNowhereWhereAllAreAlike) {
  std::vector<double> times;
  for (int i = 0; i < 500; ++i) times.push_back(1500 + i);
  EXPECT_TRUE(std::isinf(guess_border(times)));
  EXPECT_TRUE(std::isinf(guess_border(std::vector<double>(10, 7.0))));
  EXPECT_TRUE(std::isinf(guess_border({})));
  EXPECT_TRUE(std::isinf(guess_border(std::vector<double>{0})));
}

}  // namespace
}  // namespace bytepath::storage
