#include "verdict/tier_cpu_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "result/document_parts.h"
#include "verdict/judge.h"

namespace bytepath::verdict {
namespace {

using result::Document;
using result::Value;
using testing::HasSubstr;
using testing::StartsWith;

Document cpu_document() {
  Document document{.tool = "tier-probe"};
  document.parameters = {{"mode", std::string("cpu")}, {"cache_levels", std::int64_t{3}}};
  document.tables = {
      {.name = "tiers",
       .columns = {{"tier", ""},
                   {"latency", "ns"},
                   {"core_cycles", ""},
                   {"usual", "ns"},
                   {"factor", "ratio"},
                   {"capacity", "B"},
                   {"by_cpuid", "B"},
                   {"by_sysfs", "B"}},
       .rows = {{std::string("L1"), 1.1, 4.0, 1.1, Value(), std::int64_t{48 << 10},
                 std::int64_t{48 << 10}, Value()},
                {std::string("L2"), 3.9, 14.0, 3.9, 3.5, std::int64_t{1 << 20},
                 std::int64_t{1 << 20}, std::int64_t{1 << 20}},
                {std::string("L3"), 16.0, 58.0, 20.0, 4.1, std::int64_t{18 << 20},
                 std::int64_t{16 << 20}, Value()},
                {std::string("memory"), 120.0, 430.0, 125.0, 7.5, Value(), Value(), Value()}}},
      {.name = "tlb",
       .columns = {{"pages", ""}, {"reach", ""}, {"by_cpuid", ""}},
       .rows = {{std::string("4k"), 98.0, std::int64_t{96}},
                {std::string("huge"), std::string("no end found"), std::int64_t{49'152}}}}};
  document.metrics = {
      result::single_metric("flushed_latency", {}, 122, "ns", result::Better::lower),
      result::single_metric("retention_half_life", {}, 20e6, "ns", result::Better::higher)};
  return document;
}

std::vector<std::string> ids(Document& document) {
  judge(document);
  std::vector<std::string> out;
  for (const auto& finding : document.findings) out.push_back(finding.id);
  return out;
}

using Ids = std::vector<std::string>;

TEST(CpuTierRules, SumUpAndFindNothingWrong) {
  auto document = cpu_document();
  EXPECT_EQ(ids(document), Ids{});
  EXPECT_EQ(document.verdict.state, "measured");
  EXPECT_THAT(document.verdict.text, StartsWith("L1 1.10 ns (4.00 cycles), L2"));
  EXPECT_THAT(document.verdict.text, HasSubstr("memory 120 ns"));
}

TEST(CpuTierRules, CountTheSteps) {
  auto document = cpu_document();
  document.tables[0].rows.erase(document.tables[0].rows.begin() + 2);
  EXPECT_EQ(ids(document), Ids{"tier.cpu.levels"});
  document.parameters["cache_levels"] = std::int64_t{0};  // nobody told
  EXPECT_EQ(ids(document), Ids{});
}

TEST(CpuTierRules, HoldCapacitiesAgainstWhatIsSaid) {
  auto document = cpu_document();
  document.tables[0].rows[2][6] = std::int64_t{508} << 20U;
  EXPECT_EQ(ids(document), Ids{"tier.cpu.capacity"});
  EXPECT_THAT(document.findings[0].text,
              HasSubstr("L3 holds 18 MiB as measured, 508 MiB by CPUID"));
  document = cpu_document();
  document.tables[0].rows[1][6] = std::int64_t{512 << 10};
  EXPECT_EQ(ids(document), Ids{"tier.cpu.capacity"}) << "sysfs and CPUID do not agree";
}

TEST(CpuTierRules, CheckThemselves) {
  auto document = cpu_document();
  document.tables[0].rows[0][2] = 4.3;
  EXPECT_EQ(ids(document), Ids{"tier.cpu.self-check"});
  document = cpu_document();
  document.metrics[0].median = 150;
  EXPECT_EQ(ids(document), Ids{"tier.cpu.self-check"});
}

TEST(CpuTierRules, TellOfHugePagesThatTheHostDoesNotBack) {
  auto document = cpu_document();
  document.tables[1].rows[1][1] = 97.0;
  EXPECT_EQ(ids(document), Ids{"tier.tlb.not-backed"});
  document = cpu_document();
  document.tables[1].rows[0][1] = 64.0;
  EXPECT_EQ(ids(document), Ids{"tier.tlb.reach"});
}

TEST(CpuTierRules, TellOfNeighbours) {
  auto document = cpu_document();
  document.metrics[1].median = 2e6;
  document.parameters["steal_percent"] = 5.0;
  EXPECT_EQ(ids(document), (Ids{"tier.cpu.steal", "tier.cpu.short-retention"}));
}

TEST(CpuTierRules, TakeWhatASavedDocumentMayHold) {
  auto document = cpu_document();
  document.tables[0].rows[0] = {Value(), std::string("x"), Value(), false,
                                Value(), std::string("y"), -1.0,    Value()};
  document.tables[1].rows[0][1] = std::nan("");
  document.parameters["cache_levels"] = std::string("three");
  EXPECT_EQ(ids(document), Ids{});
  document.tables.clear();
  EXPECT_EQ(ids(document), Ids{});
  EXPECT_EQ(document.verdict.text, "");
}

TEST(AllTiersRule, NamesThemInTheirOrder) {
  Document document{.tool = "tier-probe"};
  document.parameters["mode"] = std::string("all");
  document.tables = {{.name = "tiers",
                      .columns = {{"tier", ""}, {"of", ""}, {"latency", "ns"}},
                      .rows = {{std::string("L1"), std::string("cpu"), 1.1},
                               {std::string("page cache"), std::string("/srv/a"), 1600.0},
                               {std::string("hit"), std::string("redis://host"), 30'000.0}}}};
  judge(document);
  EXPECT_EQ(document.verdict.text, "L1 1.10 ns, page cache 1.60 us, hit of redis://host 30.0 us");
}

}  // namespace
}  // namespace bytepath::verdict
