#include "storage/read_run.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "storage/io_document.h"

namespace bytepath::storage {
namespace {

ReadSample sample(Tier tier, float service, float device = 0, float daemon = 0) {
  return {.service_ns = service,
          .response_ns = 2 * service,
          .device_ns = device,
          .daemon_ns = daemon,
          .tier = static_cast<std::int8_t>(tier),
          .was_resident = is_hit(tier)};
}

ReadSamples two_tiers() {
  ReadSamples all;
  for (int i = 0; i < 60; ++i) all.samples.push_back(sample(bytepath_tier_cache, 1000));
  for (int i = 0; i < 40; ++i) all.samples.push_back(sample(bytepath_tier_block, 60'000, 50'000));
  all.seconds = 2;
  return all;
}

const TierReads& of(const ReadRun& run, Tier tier) {
  return run.tiers.at(static_cast<std::size_t>(tier));
}

TEST(ReadRun, CountsByTierAndPartsTheDeviceFromTheRest) {
  ReadRun run;
  add_samples(run, two_tiers(), {});
  EXPECT_EQ(run.accesses, 100U);
  EXPECT_EQ(of(run, bytepath_tier_cache).service.count(), 60U);
  const auto& block = of(run, bytepath_tier_block);
  EXPECT_EQ(block.service.count(), 40U);
  EXPECT_EQ(block.device_ns, 40U * 50'000);
  EXPECT_EQ(block.software_ns, 40U * 10'000);
  EXPECT_EQ(block.daemon_ns, 0U);
  EXPECT_NEAR(block.response.quantile(0.5), 120'000, 1200);
}

TEST(ReadRun, LeavesTheDaemonWhatItsDeviceDidNotTake) {
  ReadRun run;
  ReadSamples all;
  all.samples.push_back(sample(bytepath_tier_fuse_block, 100'000, 60'000, 90'000));
  all.samples.push_back(sample(bytepath_tier_fuse_block, 100'000, 60'000, 200'000));
  add_samples(run, all, {});
  const auto& tier = of(run, bytepath_tier_fuse_block);
  EXPECT_EQ(tier.device_ns, 120'000U);
  EXPECT_EQ(tier.daemon_ns, 30'000U + 40'000U);  // no more than the access took
  EXPECT_EQ(tier.software_ns, 10'000U);
}

TEST(ReadRun, GuessesByTheTimeWhereItMust) {
  ReadRun run;
  ReadSamples all = two_tiers();
  for (auto& each : all.samples) each.tier = bytepath_tier_cache;
  add_samples(run, all, bytepath_tier_block);
  EXPECT_EQ(of(run, bytepath_tier_cache).service.count(), 60U);
  EXPECT_EQ(of(run, bytepath_tier_block).service.count(), 40U);
  EXPECT_GT(run.border_ns, 1000U);
}

TEST(Agreement, ComparesHitsWithWhatWasResident) {
  ReadSamples all = two_tiers();
  all.samples[0].was_resident = false;
  all.samples[99].was_resident = true;
  // Under way is not resident, and not missing.
  all.samples.push_back(sample(bytepath_tier_readahead, 5000));
  all.samples.back().was_resident = false;
  const auto agreement = compare_with_truth(all);
  EXPECT_EQ(agreement.asked, 101U);
  EXPECT_EQ(agreement.agreed, 99U);
}

TEST(Agreement, OfTheSecondHopIsAboutReadsOfTheDaemonOnly) {
  ReadSamples all = two_tiers();
  all.samples.push_back(sample(bytepath_tier_fuse_block, 5000));
  all.samples.push_back(sample(bytepath_tier_fuse_cache, 5000));
  all.samples.back().backing_was_resident = true;
  all.samples.push_back(sample(bytepath_tier_fuse_block, 5000));
  all.samples.back().backing_was_resident = true;
  const auto agreement = compare_second_hop(all);
  EXPECT_EQ(agreement.asked, 3U);
  EXPECT_EQ(agreement.agreed, 2U);
}

TEST(IoDocument, HasATableForEachRunAndBothTimesOfAnOpenLoop) {
  IoMeasurement measured;
  ReadRun run{.engine = "pread",
              .state = "mixed",
              .evidence = "bpf",
              .block_bytes = 4096,
              .rate = Rate{.per_second = 100},
              .resident = 0.5};
  add_samples(run, two_tiers(), {});
  measured.runs = {run, {.engine = "mmap", .state = "mixed"}};
  const auto document = io_document({.rate = run.rate}, measured);
  ASSERT_EQ(document.tables.size(), 3U);
  EXPECT_EQ(document.tables[0].name, "tiers_pread_mixed");
  EXPECT_EQ(document.tables[1].name, "waits_pread_mixed");
  EXPECT_EQ(document.tables[2].name, "parts");
  ASSERT_EQ(document.tables[2].rows.size(), 1U);
  EXPECT_EQ(document.tables[2].rows[0][2], result::Value(std::string("block device")));
  ASSERT_EQ(document.not_measured.size(), 1U);
  EXPECT_EQ(document.not_measured[0].what, "mmap, mixed");
  const auto reached = std::ranges::find(document.metrics, "reached_rate", &result::Metric::name);
  ASSERT_NE(reached, document.metrics.end());
  EXPECT_EQ(reached->median, 50);
}

}  // namespace
}  // namespace bytepath::storage
