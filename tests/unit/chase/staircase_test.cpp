#include "chase/staircase.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "chase/cache_claims.h"
#include "chase/cpu_document.h"
#include "chase/size_plan.h"
#include "stats/normal.h"

namespace bytepath::chase {
namespace {

constexpr double cycle_ns = 0.28;

// Three caches of 48 KiB, 1 MiB and 16 MiB; every sixth sample of the third is disturbed.
double cycles_at(double bytes) {
  if (bytes <= 48 * 1024.0) return 4;
  if (bytes <= 1024 * 1024.0) return 14;
  return bytes <= 16 * 1048576.0 ? 58 : 430;
}

Sweep synthetic() {
  stats::Random random(5);
  Sweep sweep;
  for (const auto bytes : sizes_to(std::uint64_t{128} << 20, 6)) {
    SizeSamples size{.bytes = bytes, .by_laps = bytes <= (2U << 20U)};
    for (int i = 0; i < 60; ++i) {
      // The clock changes by a tenth half-way; cycles do not.
      const double clock = cycle_ns * (i < 30 ? 1 : 1.1);
      double ns =
          clock * cycles_at(static_cast<double>(bytes)) * (1 + 0.01 * stats::uniform(random));
      if (bytes > (1U << 20U) && i % 3 == 0) ns *= 2.5;
      size.samples.push_back(
          {.ns = ns, .cycle_ns = clock, .round = static_cast<std::size_t>(i) / 10});
    }
    sweep.sizes.push_back(std::move(size));
  }
  return sweep;
}

TEST(Staircase, HasTheTiersOfItsSweep) {
  const auto staircase = staircase_of(synthetic(), 3);
  ASSERT_EQ(staircase.tiers.size(), 4U);
  const char* const names[] = {"L1", "L2", "L3", "memory"};
  const double cycles[] = {4, 14, 58, 430};
  const double capacities[] = {48 * 1024.0, 1048576.0, 16 * 1048576.0};
  for (std::size_t i = 0; i < 4; ++i) {
    const CpuTier& tier = staircase.tiers[i];
    EXPECT_EQ(tier.name, names[i]);
    EXPECT_NEAR(tier.cycles / cycles[i], 1, 0.02) << "whatever the clock did";
    // By sizes the fastest clock counts, by rounds that of the middle one.
    EXPECT_NEAR(tier.ns.median / (cycles[i] * cycle_ns), i < 2 ? 1 : 1.05, 0.02);
    EXPECT_LE(tier.ns.low, tier.ns.median);
    EXPECT_GE(tier.usual_ns, tier.ns.median);
    if (i < 3) {
      EXPECT_NEAR(*tier.capacity / capacities[i], 1, 0.12);
    }
  }
  EXPECT_FALSE(staircase.tiers.back().capacity.has_value());
}

TEST(Staircase, TakesTheUndisturbedSampleOfASize) {
  const auto numbered = [](bool by_laps, std::size_t rounds, std::size_t each_round) {
    SizeSamples size{.bytes = 1U << 20U, .by_laps = by_laps};
    for (std::size_t i = rounds * each_round; i > 0; --i)
      size.samples.push_back(
          {.ns = static_cast<double>(i), .cycle_ns = 1, .round = (i - 1) / each_round});
    std::ranges::sort(size.samples, {}, &Sample::round);
    return staircase_of({.sizes = {size}}, 0).points.at(0).undisturbed;
  };
  EXPECT_EQ(numbered(true, 8, 1), 1) << "of laps the least";
  EXPECT_EQ(numbered(false, 8, 8), 2) << "the second of fifty and more";
  EXPECT_EQ(numbered(false, 3, 8), 1) << "as many a round, however few rounds there were";
  EXPECT_EQ(numbered(false, 8, 1), 4) << "the lower median of few";
}

TEST(Staircase, TakesATierOfManySamplesByRoundsAndTheOthersBySizes) {
  Sweep sweep = synthetic();
  for (auto& size : sweep.sizes)
    if (size.bytes > (64U << 20U)) size.samples.resize(8);  // few, as those that take long
  const auto staircase = staircase_of(sweep, 3);
  ASSERT_EQ(staircase.tiers.size(), 4U);
  EXPECT_EQ(staircase.tiers[2].samples.size(), 6U) << "rounds";
  std::size_t sizes_of_first = 0;
  for (const auto& size : sweep.sizes) sizes_of_first += size.bytes <= (48U << 10U) ? 1 : 0;
  EXPECT_EQ(staircase.tiers[0].samples.size(), sizes_of_first);
}

// The last cache still serves a quarter of the loads of 23 MiB, an eighth of those of 46 MiB.
TEST(Staircase, TakesTheMemoryFromSizesThatTheLastCacheHardlyServes) {
  Sweep sweep = synthetic();
  for (auto& size : sweep.sizes) {
    const double served = 0.35 * 16 * 1048576.0 / static_cast<double>(size.bytes);
    if (size.bytes <= (16U << 20U)) continue;
    size.samples.resize(4);
    for (auto& sample : size.samples) sample.ns = (430 - served * (430 - 58)) * sample.cycle_ns;
  }
  const auto staircase = staircase_of(sweep, 3);
  ASSERT_EQ(staircase.tiers.size(), 4U);
  EXPECT_EQ(staircase.tiers.back().samples.size(), 6U) << "64 to 128 MiB";
  EXPECT_GT(staircase.tiers.back().cycles, 395);
  EXPECT_LT(staircase.tiers.back().first_bytes, 64U << 20U) << "where the tier begins";
}

// What a cache still serves by chance and what a neighbour took away, on either side of the tier.
TEST(Staircase, IsNotMovedByAFewFastAndManySlowLoads) {
  Sweep sweep = synthetic();
  std::size_t at = 0;
  for (auto& size : sweep.sizes) {
    if (size.bytes <= (2U << 20U) || size.bytes > (16U << 20U)) continue;
    for (auto& sample : size.samples) {
      ++at;
      if (at % 25 == 0) sample.ns = 0.5 * 58 * cycle_ns;
      if (at % 2 == 0) sample.ns = 2 * 58 * cycle_ns;
    }
  }
  const auto staircase = staircase_of(sweep, 3);
  ASSERT_EQ(staircase.tiers.size(), 4U);
  EXPECT_NEAR(staircase.tiers[2].ns.median / (58 * cycle_ns), 1, 0.06);
  EXPECT_NEAR(staircase.tiers[2].cycles, 58, 58 * 0.03);
}

TEST(Staircase, LeavesOutWhatWasNotMeasured) {
  Sweep sweep = synthetic();
  const auto all = sweep.sizes.size();
  sweep.sizes.back().samples.clear();  // interrupted
  EXPECT_EQ(staircase_of(sweep, 3).points.size(), all - 1);
  const auto none = staircase_of({}, 3);
  EXPECT_TRUE(none.points.empty());
  EXPECT_TRUE(none.tiers.empty());
}

TEST(CpuDocument, PutsTheMeasuredBesideTheClaimed) {
  CacheClaims claims;
  claims.caches = {{.level = 1, .cpuid = 48 << 10, .sysfs = {}},
                   {.level = 2, .cpuid = 1 << 20, .sysfs = 1 << 20},
                   {.level = 3, .cpuid = 508U << 20U, .sysfs = {}}};
  result::Document document;
  add_staircase(document, staircase_of(synthetic(), 3), claims);
  ASSERT_EQ(document.tables.size(), 1U);
  const auto& table = document.tables[0];
  ASSERT_EQ(table.rows.size(), 4U);
  for (const auto& row : table.rows) ASSERT_EQ(row.size(), table.columns.size());
  EXPECT_EQ(table.rows[1][6], result::Value(std::int64_t{1 << 20}));
  EXPECT_EQ(table.rows[0][7], result::Value()) << "nobody said";
  EXPECT_EQ(table.rows[3][5], result::Value()) << "the memory has no end";
  EXPECT_EQ(document.series.size(), 2U);
  EXPECT_EQ(document.parameters.at("cache_levels"), result::Value(std::int64_t{3}));
}

}  // namespace
}  // namespace bytepath::chase
