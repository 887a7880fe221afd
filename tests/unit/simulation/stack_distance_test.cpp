#include "simulation/stack_distance.h"

#include <gtest/gtest.h>

#include <list>

#include "requests.h"

namespace bytepath::simulation {
namespace {

TEST(StackDistances, AreThoseOfAListThatIsSearched) {
  const auto requests = test::skewed_requests(5000, 300, {1, 4, 9});
  StackDistances distances;
  std::list<std::pair<std::uint32_t, std::uint32_t>> stack;  // object, bytes
  for (const auto& request : requests) {
    std::uint64_t expected = 0;
    auto at = stack.begin();
    for (; at != stack.end(); ++at) {
      expected += at->second;
      if (at->first == request.object) break;
    }
    if (at == stack.end()) {
      expected = StackDistances::first_use;
      stack.emplace_front(request.object, request.bytes);
    } else {
      stack.splice(stack.begin(), stack, at);
    }
    ASSERT_EQ(distances.access(request), expected);
  }
}

TEST(LruCurve, IsWhatTheCachesMiss) {
  const auto requests = test::skewed_requests(20'000, 1000, {1});
  const std::vector<std::uint64_t> capacities{1, 10, 100, 500, 5000};
  LruCurve curve(capacities);
  for (const auto& request : requests) curve.access(request, request.object);
  const auto ratios = curve.miss_ratios();
  for (std::size_t i = 0; i < capacities.size(); ++i) {
    const auto cache = make_cache(Policy::lru, capacities[i]);
    double misses = 0;
    for (const auto& request : requests) misses += cache->access(request) ? 0 : 1;
    EXPECT_NEAR(ratios[i], misses / static_cast<double>(requests.size()), 1e-12) << capacities[i];
  }
}

TEST(LruCurve, OfASampleIsNearTheExactOne) {
  const auto requests = test::skewed_requests(400'000, 40'000, {1});
  // Smaller ones hold too few objects of the sample.
  const std::vector<std::uint64_t> capacities{4000, 16'000, 32'000};
  LruCurve exact(capacities);
  LruCurve sample(capacities, 0.1);
  for (const auto& request : requests) {
    exact.access(request, request.object);
    sample.access(request, request.object);
  }
  for (std::size_t i = 0; i < capacities.size(); ++i) {
    EXPECT_NEAR(sample.miss_ratios()[i], exact.miss_ratios()[i], 0.02) << capacities[i];
  }
}

}  // namespace
}  // namespace bytepath::simulation
