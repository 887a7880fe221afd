#include "tiers/tier_times.h"

#include <gtest/gtest.h>

namespace bytepath::tiers {
namespace {

using result::Value;

TierTimes tier(const char* name, std::uint64_t ns, int count) {
  TierTimes made{.tier = name, .evidence = "mincore", .times = {}, .bytes = 0};
  for (int i = 0; i < count; ++i) made.add(ns);
  made.bytes = static_cast<std::uint64_t>(count) * 4096;
  return made;
}

TEST(TierTimes, HaveSharesPercentilesAndTheirEvidence) {
  result::Document document;
  add_tier_times(
      document, {.title = "by tier", .labels = {{"engine", "pread"}}},
      {tier("page cache", 1000, 150), tier("nothing", 5, 0), tier("block device", 50'000, 50)});
  ASSERT_EQ(document.tables.size(), 1U);
  const auto& rows = document.tables[0].rows;
  ASSERT_EQ(rows.size(), 2U) << "a tier without an access is no row";
  ASSERT_EQ(rows[0].size(), document.tables[0].columns.size());
  EXPECT_EQ(rows[0][0], Value(std::string("page cache")));
  EXPECT_EQ(rows[0][1], Value(std::int64_t{150}));
  EXPECT_EQ(rows[0][2], Value(75.0));
  EXPECT_EQ(rows[0][4], Value(75.0));
  EXPECT_NEAR(std::get<double>(rows[1][5]), 100.0 * 2500 / 2650, 1e-9) << "of the time";
  EXPECT_EQ(rows[0][6], Value(1000.0)) << "p50 of equal values";
  EXPECT_EQ(rows[0][8], Value(1000.0)) << "p99: one of 150 lies above";
  EXPECT_EQ(rows[0][9], Value()) << "p99.9: none does";
  EXPECT_EQ(rows[0].back(), Value(std::string("mincore")));
}

TEST(TierTimes, AreMetricsThatAGateCanRead) {
  result::Document document;
  auto spread = tier("page cache", 1000, 1);
  for (std::uint64_t i = 1; i < 1001; ++i) spread.add(1000 + i);
  add_tier_times(document, {.labels = {{"engine", "mmap"}}}, {spread});
  ASSERT_EQ(document.metrics.size(), 2U);
  const auto& latency = document.metrics[0];
  EXPECT_EQ(latency.name, "tier_latency");
  EXPECT_EQ(latency.labels, (result::Labels{{"engine", "mmap"}, {"tier", "page cache"}}));
  EXPECT_EQ(latency.count, 1001U);
  EXPECT_NEAR(latency.median, 1500, 15);
  EXPECT_LT(latency.low, latency.median);
  EXPECT_GT(latency.high, latency.median);
  EXPECT_NEAR(latency.high - latency.low, 62, 30) << "32 ranks to either side, and the buckets";
  ASSERT_EQ(latency.samples.size(), 16U) << "stretches of 62 or 63";
  EXPECT_NEAR(latency.samples.front(), 1031, 1);
  EXPECT_NEAR(latency.samples.back(), 1969, 1);
  EXPECT_EQ(document.metrics[1].median, 100);
  ASSERT_EQ(document.histograms.size(), 1U);
  EXPECT_EQ(document.histograms[0].histogram.count(), 1001U);
}

}  // namespace
}  // namespace bytepath::tiers
