#include "stats/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "stats/histogram_buckets.h"
#include "stats/normal.h"

namespace bytepath::stats {
namespace {

// Hits of about 1.6 us and misses of about 60 us, as reads of a half-resident file.
std::vector<std::uint64_t> bimodal(std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<std::uint64_t> values;
  for (std::size_t i = 0; i < count; ++i) {
    const double median = random.below(2) == 0 ? 1600 : 60'000;
    values.push_back(static_cast<std::uint64_t>(median * std::exp(0.4 * normal(random))));
  }
  return values;
}

Histogram histogram_of(const std::vector<std::uint64_t>& values) {
  Histogram histogram;
  for (const auto value : values) histogram.add(value);
  return histogram;
}

bool same(const Histogram& one, const Histogram& other) {
  return one.counts() == other.counts() && one.count() == other.count() &&
         one.sum() == other.sum() && one.min() == other.min() && one.max() == other.max();
}

TEST(Histogram, QuantilesOfTwoModesAreThoseOfASortToOnePercent) {
  auto values = bimodal(200'000, 7);
  const auto histogram = histogram_of(values);
  std::ranges::sort(values);
  for (const double part : {0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 0.9999}) {
    const auto rank = static_cast<std::size_t>(std::ceil(part * 200'000)) - 1;
    const auto exact = static_cast<double>(values[rank]);
    EXPECT_NEAR(histogram.quantile(part), exact, exact / 100) << part;
  }
}

TEST(Histogram, OfPartsIsTheSameInWhateverOrderTheyAreAdded) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto a = bimodal(500, seed);
    const auto b = bimodal(30, seed + 100);
    const auto c = bimodal(seed % 3 == 0 ? 0 : 900, seed + 200);
    Histogram left = histogram_of(a);  // (a + b) + c
    left.add(histogram_of(b));
    left.add(histogram_of(c));
    Histogram right = histogram_of(c);  // b + c, then a, from the other side
    right.add(histogram_of(b));
    right.add(histogram_of(a));
    std::vector<std::uint64_t> all = a;
    all.insert(all.end(), b.begin(), b.end());
    all.insert(all.end(), c.begin(), c.end());
    EXPECT_TRUE(same(left, right)) << seed;
    EXPECT_TRUE(same(left, histogram_of(all))) << seed;
  }
}

TEST(Histogram, ComesBackFromItsCounts) {
  const auto histogram = histogram_of(bimodal(1000, 3));
  const auto back =
      Histogram::from(histogram.counts(), histogram.sum(), histogram.min(), histogram.max());
  ASSERT_TRUE(back.has_value());
  EXPECT_TRUE(same(*back, histogram));
  EXPECT_FALSE(Histogram::from({{HISTOGRAM_BUCKETS, 1}}, 0, 0, 0).has_value());
  EXPECT_FALSE(Histogram::from({{1, UINT64_MAX}, {2, 1}}, 0, 0, 0).has_value()) << "too many";
}

TEST(Histogram, IsTakenOverFromTheKernelsBuckets) {
  std::vector<std::uint64_t> counts(HISTOGRAM_BUCKETS);
  for (const std::uint64_t value : {5U, 1600U, 60'000U}) ++counts[histogram_bucket(value)];
  const auto histogram = Histogram::from(counts);
  EXPECT_EQ(histogram.count(), 3U);
  EXPECT_EQ(histogram.min(), 5U);
  EXPECT_NEAR(histogram.quantile(0.5), 1600, 16);
  EXPECT_NEAR(static_cast<double>(histogram.max()), 60'000, 1200);
  EXPECT_NEAR(static_cast<double>(histogram.sum()), 61'605, 616);
}

TEST(Histogram, KnowsEachValueToOnePartInSixtyFour) {
  for (const std::uint64_t value :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{63}, std::uint64_t{64}, std::uint64_t{65},
        std::uint64_t{1023}, std::uint64_t{79'218}, std::uint64_t{1} << 40, UINT64_MAX}) {
    Histogram histogram;
    histogram.add(value);
    const auto buckets = histogram.buckets();
    ASSERT_EQ(buckets.size(), 1U) << value;
    EXPECT_LE(buckets[0].first, value);
    EXPECT_GE(buckets[0].last, value);
    EXPECT_LE(buckets[0].last - buckets[0].first, value / 64) << value;
    EXPECT_EQ(histogram.max(), value);
  }
}

TEST(Histogram, BucketsFollowEachOtherWithoutGap) {
  Histogram histogram;
  for (std::uint64_t value = 0; value < 5000; ++value) histogram.add(value);
  std::uint64_t next = 0;
  for (const auto& bucket : histogram.buckets()) {
    EXPECT_EQ(bucket.first, next);
    next = bucket.last + 1;
  }
  EXPECT_GE(next, 5000U);
}

TEST(Histogram, QuantilesAreOrderStatistics) {
  Histogram histogram;
  for (std::uint64_t value = 1; value <= 1000; ++value) histogram.add(value * 1000);
  EXPECT_NEAR(histogram.quantile(0.5), 500'000, 500'000 / 64.0);
  EXPECT_NEAR(histogram.quantile(0.99), 990'000, 990'000 / 64.0);
  EXPECT_NEAR(histogram.quantile(1), 1'000'000, 1'000'000 / 64.0);
  EXPECT_NEAR(histogram.quantile(0), 1000, 1000 / 64.0);
  EXPECT_EQ(histogram.sum(), 500'500'000U);
}

TEST(Histogram, NoQuantileLiesAboveTheLargestValue) {
  Histogram histogram;
  histogram.add(1'000'000);
  EXPECT_LE(histogram.quantile(0.999), 1'000'000);
}

TEST(Histogram, OfNothingIsEmpty) {
  const Histogram histogram;
  EXPECT_EQ(histogram.quantile(0.5), 0);
  EXPECT_TRUE(histogram.buckets().empty());
  EXPECT_TRUE(histogram.octaves().empty());
}

TEST(Histogram, TwoAddedAreOneOfAllValues) {
  Histogram all;
  Histogram low;
  Histogram high;
  for (std::uint64_t value = 0; value < 4096; ++value) {
    all.add(value);
    (value < 100 ? low : high).add(value);
  }
  low.add(high);
  EXPECT_EQ(low.count(), all.count());
  EXPECT_EQ(low.sum(), all.sum());
  EXPECT_EQ(low.max(), all.max());
  EXPECT_EQ(low.quantile(0.7), all.quantile(0.7));
}

TEST(Histogram, OctavesSumUpTheirBuckets) {
  Histogram histogram;
  for (std::uint64_t value = 0; value < 256; ++value) histogram.add(value);
  const auto octaves = histogram.octaves();
  ASSERT_EQ(octaves.size(), 9U);  // 0, 1, 2..3, ..., 128..255
  EXPECT_EQ(octaves[0].count, 1U);
  EXPECT_EQ(octaves[8].first, 128U);
  EXPECT_EQ(octaves[8].last, 255U);
  EXPECT_EQ(octaves[8].count, 128U);
}

}  // namespace
}  // namespace bytepath::stats
