#include "simulation/cache.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "requests.h"

namespace bytepath::simulation {
namespace {

std::vector<bool> hits_of(Policy policy, std::uint64_t capacity,
                          const std::vector<Request>& requests) {
  const auto cache = make_cache(policy, capacity);
  std::vector<bool> hits;
  for (const auto& request : requests) hits.push_back(cache->access(request));
  return hits;
}

double miss_ratio(Policy policy, std::uint64_t capacity, const std::vector<Request>& requests) {
  const auto hits = hits_of(policy, capacity, requests);
  return static_cast<double>(std::ranges::count(hits, false)) / static_cast<double>(hits.size());
}

std::string hits_text(Policy policy, std::uint64_t capacity, const std::vector<unsigned>& objects) {
  std::string text;
  for (const bool hit : hits_of(policy, capacity, test::requests_of(objects))) {
    text += hit ? 'h' : '.';
  }
  return text;
}

// By hand, from the papers.
TEST(Policies, DecideAsTheirPapersSay) {
  EXPECT_EQ(hits_text(Policy::fifo, 3, {1, 2, 3, 1, 4, 1}), "...h..");
  EXPECT_EQ(hits_text(Policy::lru, 3, {1, 2, 3, 1, 4, 1, 2}), "...h.h.");
  EXPECT_EQ(hits_text(Policy::clock, 3, {1, 2, 3, 1, 4, 1, 2}), "...h.h.");
  // 1 was used and stays; the hand then stands at 3, which goes before 4 and 5.
  EXPECT_EQ(hits_text(Policy::sieve, 3, {1, 2, 3, 1, 4, 5, 1, 3, 4}), "...h..h..");
  // 2 and 3 were used once only, so they go before 1, whatever was used last.
  EXPECT_EQ(hits_text(Policy::lru2, 3, {1, 1, 2, 3, 4, 5, 1}), ".h....h");
  EXPECT_EQ(hits_text(Policy::lfu, 2, {1, 1, 2, 3, 1, 2}), ".h..h.");
  // 2 is asked for sooner than 1.
  EXPECT_EQ(hits_text(Policy::belady, 2, {1, 2, 3, 2, 3, 1}), "...hh.");
  // 1 and 2 go from T1 to T2 by their second use; a scan through T1 leaves them there.
  EXPECT_EQ(hits_text(Policy::arc, 4, {1, 2, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2}), "..hh......hh");
  // The same for the small queue of a tenth.
  EXPECT_EQ(
      hits_text(Policy::s3_fifo, 10, {1, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 1}),
      ".hh..............h");
  // 1 leaves A1in, is remembered in A1out, comes back as hot, and survives the scan.
  EXPECT_EQ(hits_text(Policy::two_queues, 4, {1, 2, 3, 4, 5, 1, 6, 7, 8, 1}), ".........h");
}

class EachPolicy : public testing::TestWithParam<Policy> {};

TEST_P(EachPolicy, HasItsName) {
  EXPECT_EQ(policy_named(name(GetParam())), GetParam());
  EXPECT_EQ(policy_named("mru"), std::nullopt);
}

TEST_P(EachPolicy, NeverHoldsMoreThanItsCapacity) {
  const auto requests = test::skewed_requests(5000, 200, {1, 3, 7, 20});
  for (const std::uint64_t capacity : {1U, 19U, 20U, 100U, 500U}) {
    const auto cache = make_cache(GetParam(), capacity);
    for (const auto& request : requests) {
      cache->access(request);
      ASSERT_LE(cache->used(), capacity);
    }
  }
}

TEST_P(EachPolicy, MissesEachObjectOnceWhenThereIsRoomForAll) {
  const auto requests = test::skewed_requests(5000, 200, {1});
  std::uint32_t objects = 0;
  for (const auto& request : requests) objects = std::max(objects, request.object + 1);
  EXPECT_NEAR(miss_ratio(GetParam(), 100'000, requests), objects / 5000.0, 1e-9);
}

TEST_P(EachPolicy, HitsWhatWasJustMissed) {
  std::vector<unsigned> objects;
  for (unsigned i = 0; i < 1000; ++i) objects.insert(objects.end(), {i, i});
  EXPECT_EQ(miss_ratio(GetParam(), 16, test::requests_of(objects)), 0.5);
}

TEST_P(EachPolicy, IsNoBetterThanBelady) {
  const auto requests = test::skewed_requests(20'000, 1000, {1});
  for (const std::uint64_t capacity : {4U, 16U, 64U, 256U}) {
    EXPECT_GE(miss_ratio(GetParam(), capacity, requests),
              miss_ratio(Policy::belady, capacity, requests))
        << capacity;
  }
}

TEST_P(EachPolicy, LeavesOutWhatIsLargerThanAll) {
  const auto cache = make_cache(GetParam(), 10);
  EXPECT_FALSE(cache->access({.object = 0, .bytes = 11}));
  EXPECT_FALSE(cache->access({.object = 0, .bytes = 11}));
  EXPECT_EQ(cache->used(), 0U);
  EXPECT_FALSE(cache->access({.object = 1, .bytes = 10}));
  EXPECT_TRUE(cache->access({.object = 1, .bytes = 10}));
}

INSTANTIATE_TEST_SUITE_P(Policies, EachPolicy, testing::ValuesIn(all_policies),
                         [](const auto& tested) {
                           std::string text(name(tested.param));
                           std::erase(text, '-');
                           return text;
                         });

TEST(Lru, HoldsAtLeastWhatASmallerOneHolds) {
  const auto requests = test::skewed_requests(20'000, 1000, {1});
  const auto small = hits_of(Policy::lru, 50, requests);
  const auto large = hits_of(Policy::lru, 60, requests);
  for (std::size_t i = 0; i < requests.size(); ++i) ASSERT_LE(small[i], large[i]) << i;
}

// Cron jobs: a burst of objects that are used once, which LRU lets push out all others.
TEST(Lru2, SurvivesAScan) {
  std::vector<unsigned> objects;
  for (unsigned round = 0; round < 50; ++round) {
    for (unsigned i = 0; i < 200; ++i) objects.push_back(i % 20);
    for (unsigned i = 0; i < 100; ++i) objects.push_back(1000 + round * 100 + i);
  }
  const auto requests = test::requests_of(objects);
  const double once = 5020.0 / static_cast<double>(requests.size());
  EXPECT_NEAR(miss_ratio(Policy::lru2, 40, requests), once, 1e-9);
  EXPECT_GT(miss_ratio(Policy::lru, 40, requests), once * 1.15);
}

}  // namespace
}  // namespace bytepath::simulation
