#include "verdict/fleet_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "verdict/judge.h"

namespace bytepath::verdict {
namespace {

using result::Document;
using result::Severity;
using testing::HasSubstr;

Document fleet(std::int64_t outliers, std::int64_t tested) {
  Document document{.tool = "probe-compare"};
  document.parameters = {
      {"mode", std::string("fleet")}, {"tested", tested}, {"broken", std::int64_t{0}}};
  document.tables.push_back(
      {.name = "groups",
       .columns = {{"group", ""},
                   {"probe", ""},
                   {"shared", ""},
                   {"hosts", ""},
                   {"with_findings", ""},
                   {"outliers", ""}},
       .rows = {{std::int64_t{1}, std::string("tier-probe"), std::string("EPYC"), std::int64_t{40},
                 std::int64_t{3}, outliers}}});
  document.tables.push_back(
      {.name = "fleet_findings",
       .columns = {{"group", ""}, {"finding", ""}, {"hosts", ""}},
       .rows = {{std::int64_t{1}, std::string("tier.cpu.capacity"), std::int64_t{3}}}});
  document.tables.push_back(
      {.name = "outlier_hosts",
       .columns = {{"group", ""}, {"host", ""}, {"furthest", ""}, {"change", ""}},
       .rows = {}});
  if (outliers > 0) {
    document.tables.back().rows.push_back({std::int64_t{1}, std::string("db7.json"),
                                           std::string("tier_latency tier=memory"),
                                           std::string("+50 %")});
  }
  return document;
}

TEST(FleetRules, NameTheOutliersOfEachGroup) {
  auto document = fleet(1, 100);
  judge(document);
  EXPECT_EQ(document.verdict.state, "outliers");
  EXPECT_EQ(document.verdict.text, "outliers: 1 of 40 documents in 1 group; 3 have findings");
  ASSERT_EQ(document.findings.size(), 2U);
  EXPECT_EQ(document.findings[0].id, "compare.fleet.outlier");
  EXPECT_EQ(document.findings[0].severity, Severity::finding);
  EXPECT_THAT(document.findings[0].text,
              HasSubstr("db7.json most of all, tier_latency tier=memory +50 %"));
  EXPECT_EQ(document.findings[1].id, "compare.fleet.affected");
  EXPECT_THAT(document.findings[1].text, HasSubstr("tier.cpu.capacity: 3 hosts in 1 of 1 group"));
}

TEST(FleetRules, TellAlikeFromNotKnown) {
  auto alike = fleet(0, 100);
  judge(alike);
  EXPECT_EQ(alike.verdict.state, "alike");
  auto small = fleet(0, 0);
  judge(small);
  EXPECT_EQ(small.verdict.state, "not-known");
}

TEST(FleetRules, WarnOfBrokenDocuments) {
  auto document = fleet(0, 100);
  document.parameters["broken"] = std::int64_t{2};
  judge(document);
  EXPECT_EQ(document.findings.back().id, "compare.fleet.broken");
  EXPECT_EQ(document.findings.back().severity, Severity::warning);
}

TEST(FleetRules, AreSilentOnWhatIsNoFleet) {
  auto document = fleet(1, 100);
  document.parameters.erase("mode");
  judge(document);
  EXPECT_TRUE(document.findings.empty());
  EXPECT_EQ(document.verdict.state, "");
  // A saved document may lack any column.
  auto hostile = fleet(1, 100);
  for (auto& table : hostile.tables) table.columns.assign(table.columns.size(), {"x", ""});
  judge(hostile);
  EXPECT_TRUE(hostile.verdict.state == "alike") << hostile.verdict.state;
}

TEST(FleetRules, CanBeGates) {
  EXPECT_TRUE(known_pattern("probe-compare", "compare.fleet.outlier"));
  EXPECT_TRUE(known_pattern("probe-compare", "compare.fleet.*"));
}

}  // namespace
}  // namespace bytepath::verdict
