#include "chunks/erasure_code.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace bytepath::chunks {
namespace {

constexpr ErasureCode plain{.needed = 1, .stored = 1};
constexpr ErasureCode four_of_four{.needed = 4, .stored = 4};
constexpr ErasureCode four_of_five{.needed = 4, .stored = 5};
constexpr ErasureCode two_copies{.needed = 1, .stored = 2};
constexpr Nodes alive{.all = 20, .dead = 0};
constexpr Nodes one_dead{.all = 20, .dead = 1};

TEST(ErasureCode, IsReadFromText) {
  const auto code = ErasureCode::parse("4/5");
  ASSERT_TRUE(code);
  EXPECT_EQ(code->name(), "4-of-5");
  EXPECT_EQ(code->storage(), 1.25);
  for (const char* text : {"5/4", "0/1", "4", "4/5/6", "/", "", "a/b", "4/65", "-1/2"}) {
    const auto refused = ErasureCode::parse(text);
    ASSERT_FALSE(refused) << text;
    EXPECT_NE(refused.error().message.find("--ec"), std::string::npos);
  }
}

TEST(ChanceOfNeeded, IsThatOfTheBinomialDistribution) {
  for (const double each : {0.0, 0.1, 0.5, 0.99, 1.0}) {
    EXPECT_NEAR(chance_of_needed(1, 1, each), each, 1e-15);
    EXPECT_NEAR(chance_of_needed(4, 4, each), std::pow(each, 4), 1e-15) << "the latest of four";
    EXPECT_NEAR(chance_of_needed(1, 3, each), 1 - std::pow(1 - each, 3), 1e-15) << "the first";
    EXPECT_EQ(chance_of_needed(3, 2, each), 0);
  }
}

// Of n independent times with mean 1 and an exponential distribution the k-th comes after
// 1/n + 1/(n-1) + ... + 1/(n-k+1).
TEST(ChanceOfNeeded, OfExponentialTimesHasTheKnownMean) {
  for (const auto& [needed, stored] : {std::pair{1U, 1U}, {1U, 2U}, {4U, 4U}, {4U, 5U}, {2U, 7U}}) {
    double expected = 0;
    for (std::uint32_t i = 0; i < needed; ++i) expected += 1.0 / (stored - i);
    double mean = 0;
    constexpr double step = 1e-3;
    for (double time = step / 2; time < 40; time += step) {
      mean += step * (1 - chance_of_needed(needed, stored, 1 - std::exp(-time)));
    }
    EXPECT_NEAR(mean, expected, 1e-6) << needed << " of " << stored;
  }
}

TEST(LatencyQuantile, OfAConstantIsTheConstant) {
  const auto shard = LatencyModel::constant(7e5);
  for (const auto& code : {plain, four_of_five, two_copies}) {
    EXPECT_NEAR(latency_quantile(code, alive, shard, 0.5), 7e5, 1e-3);
    EXPECT_NEAR(latency_quantile(code, one_dead, shard, 0.9999), 7e5, 1e-3);
  }
}

// Beside 200,000 drawn ones: 551/2300/3679/5654 us, 4-of-4 1017/3098, 4-of-5 742/1712/2313/2986.
TEST(LatencyQuantile, OfALognormalIsItsOrderStatistic) {
  const auto shard = LatencyModel::lognormal(550e3, 0.617);
  const auto us = [&](const ErasureCode& code, double part) {
    return latency_quantile(code, alive, shard, part) / 1000;
  };
  EXPECT_NEAR(us(plain, 0.5), 550, 1e-6);
  EXPECT_NEAR(us(plain, 0.99), 550 * std::exp(0.617 * 2.3263478740), 1e-3);
  EXPECT_NEAR(us(plain, 0.999), 3701, 1);
  EXPECT_NEAR(us(plain, 0.9999), 5456, 2);
  EXPECT_NEAR(us(four_of_four, 0.5), 1017, 5);
  EXPECT_NEAR(us(four_of_four, 0.99), 3098, 30);
  EXPECT_NEAR(us(four_of_five, 0.5), 742, 3);
  EXPECT_NEAR(us(four_of_five, 0.99), 1712, 15);
  EXPECT_NEAR(us(four_of_five, 0.999), 2313, 30);
  EXPECT_NEAR(us(four_of_five, 0.9999), 2986, 60);
}

TEST(LatencyQuantile, IsThatOfWhatIsDrawn) {
  const auto shard = LatencyModel::lognormal(550e3, 0.617);
  stats::Random random(1);
  std::vector<double> drawn;
  for (int i = 0; i < 100'000; ++i) drawn.push_back(draw(four_of_five, shard, random));
  std::ranges::sort(drawn);
  EXPECT_NEAR(drawn[50'000] / latency_quantile(four_of_five, alive, shard, 0.5), 1, 0.01);
  EXPECT_NEAR(drawn[99'000] / latency_quantile(four_of_five, alive, shard, 0.99), 1, 0.03);
}

TEST(LatencyQuantile, GrowsWhereANodeIsDead) {
  const auto shard = LatencyModel::lognormal(550e3, 0.617);
  EXPECT_GT(latency_quantile(four_of_five, one_dead, shard, 0.999),
            latency_quantile(four_of_five, alive, shard, 0.999));
  EXPECT_TRUE(std::isnan(latency_quantile(plain, {.all = 3, .dead = 3}, shard, 0.5)));
}

TEST(DeadNodes, TakeWhatLiesOnThem) {
  EXPECT_NEAR(chance_readable(plain, one_dead), 0.95, 1e-12);
  EXPECT_NEAR(chance_readable(four_of_four, one_dead), 0.8, 1e-12);
  EXPECT_NEAR(chance_readable(four_of_five, one_dead), 1, 1e-12);
  EXPECT_NEAR(chance_readable(two_copies, {.all = 20, .dead = 2}), 1 - 1 / 190.0, 1e-12);
  double all = 0;
  for (std::uint32_t dead = 0; dead <= 5; ++dead) {
    all += chance_of_dead(four_of_five, {.all = 20, .dead = 3}, dead);
  }
  EXPECT_NEAR(all, 1, 1e-12);
}

TEST(DeadNodes, MultiplyWhatTheOriginServes) {
  EXPECT_NEAR(origin_load(plain, one_dead, 0.9871), 4.83, 0.01);
  EXPECT_NEAR(origin_load(plain, one_dead, 0.99), 5.95, 0.01);
  EXPECT_NEAR(origin_load(four_of_five, one_dead, 0.99), 1, 1e-9);
  EXPECT_EQ(origin_load(plain, alive, 0.99), 1);
  EXPECT_TRUE(std::isinf(origin_load(plain, one_dead, 1)));
}

// Chunks put on nodes by chance lose what is expected.
TEST(DeadNodes, TakeThatPartOfChunksThatArePutOnNodes) {
  stats::Random random(1);
  constexpr Nodes nodes{.all = 20, .dead = 3};
  for (const auto& code : {plain, four_of_four, four_of_five, two_copies}) {
    int readable = 0;
    constexpr int chunks = 50'000;
    for (int i = 0; i < chunks; ++i) {
      const auto order = random.permutation(nodes.all);
      const auto lost = std::count_if(order.begin(), order.begin() + code.stored,
                                      [&](std::size_t node) { return node < nodes.dead; });
      readable += code.stored - static_cast<std::uint32_t>(lost) >= code.needed ? 1 : 0;
    }
    EXPECT_NEAR(readable / static_cast<double>(chunks), chance_readable(code, nodes), 0.01)
        << code.name();
  }
}

}  // namespace
}  // namespace bytepath::chunks
