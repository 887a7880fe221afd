#include "tiers/all_tiers.h"

#include <gtest/gtest.h>

#include <limits>

#include "result/document_parts.h"

namespace bytepath::tiers {
namespace {

using result::Value;

result::Document with(const std::vector<std::pair<std::string, double>>& tiers,
                      const result::Labels& labels) {
  result::Document document;
  for (const auto& [tier, ns] : tiers) {
    result::Labels own = labels;
    own["tier"] = tier;
    document.metrics.push_back(
        result::single_metric("tier_latency", own, ns, "ns", result::Better::lower));
  }
  return document;
}

TEST(AllTiers, AreOneStaircaseByLatency) {
  std::vector<Part> parts = {
      {.name = "/data/file",
       .document = with({{"block device", 80'000}, {"page cache", 1600}},
                        {{"engine", "pread"}, {"state", "mixed"}, {"time", "service"}})},
      {.name = "cpu", .document = with({{"L1", 1.25}, {"memory", 120}}, {})}};
  parts[1].document.metrics.push_back(
      result::single_metric("core_cycle", {}, 0.28, "ns", result::Better::lower));
  parts[0].document.not_measured.push_back({.what = "io_uring", .reason = "off", .remedy = ""});
  result::Document all;
  add_all_tiers(all, parts);
  ASSERT_EQ(all.tables.size(), 1U);
  const auto& rows = all.tables[0].rows;
  ASSERT_EQ(rows.size(), 4U);
  const char* const order[] = {"L1", "memory", "page cache", "block device"};
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(rows[i][0], Value(std::string(order[i])));
  EXPECT_EQ(rows[0][6], Value()) << "nothing is faster";
  EXPECT_EQ(rows[1][6], Value(96.0));
  EXPECT_EQ(rows[3][1], Value(std::string("/data/file")));
  EXPECT_EQ(rows[3][2], Value(std::string("pread, half cached")));
  EXPECT_EQ(all.metrics.size(), 4U) << "a core's cycle is no tier";
  EXPECT_EQ(all.metrics[0].labels.at("of"), "/data/file");
  EXPECT_EQ(all.not_measured.size(), 1U);
}

TEST(AllTiers, OfPartsThatWereCutShortAreIncomplete) {
  std::vector<Part> parts = {{.name = "cpu", .document = with({{"L1", 0}}, {})}};
  parts[0].document.complete = false;
  parts[0].document.metrics[0].median = std::numeric_limits<double>::quiet_NaN();
  result::Document all;
  add_all_tiers(all, parts);
  EXPECT_FALSE(all.complete);
  EXPECT_TRUE(all.tables[0].rows.empty());
}

}  // namespace
}  // namespace bytepath::tiers
