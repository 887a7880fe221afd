#include "stats/histogram.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace bytepath::stats {
namespace {

TEST(Histogram, KnowsEachValueToOnePartInThirtyTwo) {
  for (const std::uint64_t value :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{31}, std::uint64_t{32}, std::uint64_t{33},
        std::uint64_t{1023}, std::uint64_t{79'218}, std::uint64_t{1} << 40, UINT64_MAX}) {
    Histogram histogram;
    histogram.add(value);
    const auto buckets = histogram.buckets();
    ASSERT_EQ(buckets.size(), 1U) << value;
    EXPECT_LE(buckets[0].first, value);
    EXPECT_GE(buckets[0].last, value);
    EXPECT_LE(buckets[0].last - buckets[0].first, value / 32) << value;
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
  EXPECT_NEAR(histogram.quantile(0.5), 500'000, 500'000 / 32.0);
  EXPECT_NEAR(histogram.quantile(0.99), 990'000, 990'000 / 32.0);
  EXPECT_NEAR(histogram.quantile(1), 1'000'000, 1'000'000 / 32.0);
  EXPECT_NEAR(histogram.quantile(0), 1000, 1000 / 32.0);
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
