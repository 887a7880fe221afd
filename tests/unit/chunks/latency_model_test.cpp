#include "chunks/latency_model.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace bytepath::chunks {
namespace {

TEST(LatencyModel, IsReadFromText) {
  const std::vector<double> samples = {3, 1, 2};
  stats::Random random(1);
  EXPECT_EQ(LatencyModel::parse("50us", {})->draw(random), 50e3);
  EXPECT_EQ(LatencyModel::parse("constant:2ms", {})->median(), 2e6);
  EXPECT_EQ(LatencyModel::parse("lognormal:550us:0.617", {})->median(), 550e3);
  EXPECT_EQ(LatencyModel::parse("recorded", samples)->median(), 2);
  for (const char* text : {"", "x", "lognormal:550us", "lognormal:550us:6", "lognormal:550us:x",
                           "lognormal:550us:nan", "50us:1", "recorded:1", "recorded", "-5us"}) {
    const auto model = LatencyModel::parse(text, {});
    ASSERT_FALSE(model) << text;
    EXPECT_EQ(model.error().kind, ErrorKind::usage);
    EXPECT_NE(model.error().message.find("--latency"), std::string::npos);
  }
}

TEST(LatencyModel, KnowsWhichPartComesWithinATime) {
  EXPECT_EQ(LatencyModel::constant(5).share_within(4.9), 0);
  EXPECT_EQ(LatencyModel::constant(5).share_within(5), 1);
  const auto model = LatencyModel::lognormal(100, 0.5);
  EXPECT_EQ(model.share_within(0), 0);
  EXPECT_NEAR(model.share_within(100), 0.5, 1e-12);
  EXPECT_NEAR(model.share_within(100 * std::exp(0.5)), 0.841344746, 1e-9);
  const auto recorded = LatencyModel::recorded({4, 1, 2, 3});
  EXPECT_EQ(recorded.share_within(0.5), 0);
  EXPECT_EQ(recorded.share_within(2), 0.5);
  EXPECT_EQ(recorded.share_within(9), 1);
}

TEST(LatencyModel, DrawsWhatItSays) {
  const auto model = LatencyModel::lognormal(550e3, 0.617);
  stats::Random random(1);
  std::vector<double> drawn;
  for (int i = 0; i < 100'000; ++i) drawn.push_back(model.draw(random));
  std::ranges::sort(drawn);
  EXPECT_NEAR(drawn[50'000], 550e3, 10e3);
  EXPECT_NEAR(drawn[99'900], 3.7e6, 0.25e6);
}

TEST(Tiers, AreGivenOverTheDefaults) {
  const auto tiers = parse_tiers("l1=10us, l3=constant:5ms", "l3=100M", {});
  ASSERT_TRUE(tiers) << tiers.error().message;
  EXPECT_EQ(tiers->l1.latency.median(), 10e3);
  EXPECT_EQ(tiers->l2.latency.median(), 550e3);
  EXPECT_EQ(tiers->l3.latency.median(), 5e6);
  EXPECT_EQ(tiers->l3.bytes_per_second, 100.0 * 1024 * 1024);
  for (const auto& [latencies, rates] : std::vector<std::pair<const char*, const char*>>{
           {"l4=1us", ""}, {"50us", ""}, {"l1", ""}, {"l1=", ""}, {"", "l1=fast"}, {"", "100M"}}) {
    EXPECT_FALSE(parse_tiers(latencies, rates, {})) << latencies << rates;
  }
}

}  // namespace
}  // namespace bytepath::chunks
