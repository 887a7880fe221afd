#include "chunks/latency_valleys.h"

#include <gmock/gmock.h>

#include <cmath>
#include <numbers>
#include <random>

namespace bytepath::chunks {
namespace {

std::vector<double> lognormal(std::mt19937_64& random, double median, double sigma,
                              std::size_t count) {
  std::normal_distribution<double> normal(0, 1);
  std::vector<double> values;
  for (std::size_t i = 0; i < count; ++i)
    values.push_back(median * std::exp(sigma * normal(random)));
  return values;
}

TEST(LatencyValleys, SeparateTiersThatAreApart) {
  std::mt19937_64 random(7);
  auto all = lognormal(random, 30e3, 0.3, 6000);
  for (const double value : lognormal(random, 600e3, 0.4, 3000)) all.push_back(value);
  for (const double value : lognormal(random, 36e6, 0.5, 60)) all.push_back(value);
  const auto valleys = latency_valleys(all);
  ASSERT_EQ(valleys.size(), 2U);
  EXPECT_GT(valleys[0], 60e3);
  EXPECT_LT(valleys[0], 400e3);
  EXPECT_GT(valleys[1], 2e6);
  EXPECT_LT(valleys[1], 20e6);
}

TEST(LatencyValleys, FindNoneInOneTier) {
  std::mt19937_64 random(8);
  EXPECT_TRUE(latency_valleys(lognormal(random, 550e3, 0.617, 5000)).empty());
}

TEST(LatencyValleys, TakeNoLoneLatencyForATier) {
  std::mt19937_64 random(9);
  auto all = lognormal(random, 30e3, 0.2, 5000);
  all.push_back(1e9);
  EXPECT_TRUE(latency_valleys(all).empty());
}

TEST(LatencyValleys, NeedSomeLatencies) {
  EXPECT_TRUE(latency_valleys({}).empty());
  EXPECT_TRUE(latency_valleys(std::vector<double>(19, 5.0)).empty());
  EXPECT_TRUE(latency_valleys(std::vector<double>(1000, 5.0)).empty());
  EXPECT_TRUE(latency_valleys(std::vector<double>(1000, 0.0)).empty());
}

}  // namespace
}  // namespace bytepath::chunks
