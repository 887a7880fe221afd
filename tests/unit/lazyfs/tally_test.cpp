#include "lazyfs/tally.h"

#include <gtest/gtest.h>

namespace bytepath::lazyfs {
namespace {

Event event(EventKind kind, Tier tier, std::uint64_t offset, std::int64_t returned) {
  return {.kind = kind, .inode = 2, .offset = offset, .returned = returned, .tier = tier};
}

std::optional<double> metric(const result::Document& document, const std::string& name,
                             const std::string& tier) {
  for (const auto& each : document.metrics) {
    if (each.name == name && each.labels.at("tier") == tier) return each.median;
  }
  return std::nullopt;
}

TEST(Tally, CountsByTier) {
  Tally tally;
  tally.add(event(EventKind::read, Tier::l1, 0, 100));
  tally.add(event(EventKind::read, Tier::l3, 0, 50));
  tally.add(event(EventKind::read, Tier::l3, 0, -5));
  tally.add(event(EventKind::read, Tier::none, 0, 0));
  tally.add(event(EventKind::miss, Tier::l2, 0, 0));
  tally.add(event(EventKind::fetch, Tier::l3, 0, 4096));
  tally.add(event(EventKind::store, Tier::l2, 0, 4096));
  tally.add(event(EventKind::fetch, Tier::l2, 4096, 4096));
  tally.add(event(EventKind::fetch, Tier::l3, 8192, -5));
  tally.add(event(EventKind::prefetch, Tier::l2, 4096, 4096));
  EXPECT_EQ(tally.of(Tier::l1).served_bytes, 100U);
  EXPECT_EQ(tally.of(Tier::l3).reads, 2U);
  EXPECT_EQ(tally.of(Tier::l3).served_bytes, 50U);
  EXPECT_EQ(tally.of(Tier::l3).fetches, 1U);
  EXPECT_EQ(tally.of(Tier::l3).failed, 1U);
  EXPECT_EQ(tally.of(Tier::l2).fetched_bytes, 4096U);
  EXPECT_EQ(tally.reads(), 4U);
  EXPECT_EQ(tally.failed_reads(), 1U);
  EXPECT_EQ(tally.prefetched(), 1U);

  result::Document document;
  tally.describe(document);
  EXPECT_EQ(metric(document, "reads", "l3"), 2);
  EXPECT_NEAR(metric(document, "hit_ratio", "l1").value(), 100.0 / 3, 1e-9);
  EXPECT_EQ(metric(document, "hit_ratio", "l2"), 50);
  EXPECT_EQ(metric(document, "hit_ratio", "l3"), std::nullopt);
  EXPECT_EQ(document.tables.at(0).rows.size(), std::size(all_tiers));
}

TEST(Tally, KnowsAChunkThatWasFetchedBefore) {
  Tally tally;
  tally.add(event(EventKind::fetch, Tier::l3, 0, 10));
  tally.add(event(EventKind::fetch, Tier::l2, 0, 10));
  tally.add(event(EventKind::fetch, Tier::l3, 4096, 10));
  EXPECT_EQ(tally.of(Tier::l3).refetches, 0U);
  tally.add(event(EventKind::fetch, Tier::l3, 0, 10));
  EXPECT_EQ(tally.of(Tier::l3).refetches, 1U);
  EXPECT_EQ(tally.of(Tier::l2).refetches, 0U);
  Event other = event(EventKind::fetch, Tier::l3, 0, 10);
  other.inode = 3;
  tally.add(other);
  EXPECT_EQ(tally.of(Tier::l3).refetches, 1U);
}

TEST(Tally, OfNothingHasNoRatios) {
  result::Document document;
  Tally().describe(document);
  EXPECT_EQ(metric(document, "reads", "l1"), 0);
  EXPECT_EQ(metric(document, "hit_ratio", "l1"), std::nullopt);
  EXPECT_EQ(metric(document, "hit_ratio", "l2"), std::nullopt);
}

}  // namespace
}  // namespace bytepath::lazyfs
