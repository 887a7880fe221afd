#include "simulation/lower_caches.h"

#include <gtest/gtest.h>

#include "requests.h"
#include "simulation/sweep.h"

namespace bytepath::simulation {
namespace {

TEST(NextUses, AreThoseOfTheSameObject) {
  std::vector<std::uint32_t> objects = {0, 1, 0, 2, 0, 1};
  objects_to_next_uses(objects);
  constexpr auto never = UINT32_MAX;
  EXPECT_EQ(objects, (std::vector<std::uint32_t>{2, 5, 4, never, never, never}));
}

TEST(LowerCaches, AreAskedForWhatIsMissedAbove) {
  // LRU of two: 1 2 3 miss, 1 misses again, 2 misses again; the second cache has room for all.
  const Policy policies[] = {Policy::lru};
  const std::uint64_t upper[] = {200};
  const std::uint64_t lower[] = {100, 1000};
  Sweep sweep(policies, upper, lower);
  std::vector<OracleRecord> records;
  for (const std::uint64_t object : {1U, 2U, 3U, 1U, 1U, 2U}) {
    records.push_back({.object = object, .bytes = 100});
  }
  sweep.add(records);
  sweep.finish();
  EXPECT_EQ(sweep.cells()[0].misses, 5U);
  ASSERT_EQ(sweep.lower().size(), 1U);
  const auto& cells = sweep.lower()[0].cells();
  EXPECT_EQ(cells[0].misses, 5U) << "one object is never the last one";
  EXPECT_EQ(cells[1].misses, 3U);
  EXPECT_EQ(cells[1].missed_bytes, 300U);
}

TEST(LowerCaches, WithBeladyMissLeast) {
  const auto requests = test::skewed_requests(20'000, 1000, {1});
  const std::uint64_t capacities[] = {50, 200};
  LowerCaches belady(Policy::belady, capacities);
  belady.add(requests);
  belady.finish();
  for (const Policy policy : all_policies) {
    LowerCaches caches(policy, capacities);
    caches.add(requests);
    caches.finish();
    for (std::size_t i = 0; i < 2; ++i) {
      EXPECT_GE(caches.cells()[i].misses, belady.cells()[i].misses) << name(policy);
    }
  }
}

// LRU below LRU: a larger second cache has all that a smaller one has.
TEST(LowerCaches, MissLessWithMoreRoom) {
  const Policy policies[] = {Policy::lru};
  const std::uint64_t upper[] = {20};
  const std::uint64_t lower[] = {30, 100, 1000};
  Sweep sweep(policies, upper, lower);
  std::vector<OracleRecord> records;
  for (const auto& request : test::skewed_requests(20'000, 1000, {1})) {
    records.push_back({.object = request.object, .bytes = 1});
  }
  sweep.add(records);
  sweep.finish();
  std::uint64_t before = sweep.cells()[0].misses;
  for (const auto& cell : sweep.lower()[0].cells()) {
    EXPECT_LE(cell.misses, before);
    before = cell.misses;
  }
  EXPECT_EQ(before, sweep.objects());
}

}  // namespace
}  // namespace bytepath::simulation
