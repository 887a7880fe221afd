#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "verdict/judge.h"

namespace bytepath::verdict {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

result::Document what_if() {
  result::Document document;
  document.tool = "chunk-probe";
  document.parameters["mode"] = std::string("whatif");
  return document;
}

void add_time(result::Document& document, const char* chunk, const char* tier, double time_ns,
              const char* trace = "") {
  result::Labels labels = {{"chunk", chunk}, {"tier", tier}};
  if (*trace != '\0') labels["trace"] = trace;
  document.metrics.push_back(
      {.name = "start_time", .labels = labels, .unit = "ns", .median = time_ns});
}

std::vector<std::string> found(result::Document& document) {
  judge(document);
  std::vector<std::string> ids;
  for (const auto& finding : document.findings) ids.push_back(finding.id);
  return ids;
}

TEST(ChunkSizeRule, NamesTheSizeThatStartsSoonest) {
  auto document = what_if();
  add_time(document, "65536", "l3", 900e6);
  add_time(document, "262144", "l3", 500e6);
  add_time(document, "524288", "l3", 600e6);
  add_time(document, "4194304", "l3", 1000e6);
  EXPECT_THAT(found(document), ElementsAre("chunks.chunk-size"));
  const auto& finding = document.findings[0];
  EXPECT_EQ(finding.severity, result::Severity::note);
  EXPECT_EQ(finding.text,
            "from l3 the start is soonest with chunks of 256 KiB: 500 ms; with 64 KiB it takes "
            "1.80x, with 4 MiB 2.00x");
  EXPECT_EQ(std::get<double>(finding.evidence.at("chunk")), 262144);
  EXPECT_EQ(std::get<double>(finding.evidence.at("compared_chunk")), 524288);
  EXPECT_NEAR(std::get<double>(finding.evidence.at("ratio")), 1.2, 1e-9);
  EXPECT_EQ(document.verdict.text,
            "from the origin the start is soonest with chunks of 256 KiB: 500 ms, 83.3 % of what "
            "it takes with 512 KiB");
}

TEST(ChunkSizeRule, AddsUpTheStartsOfSeveralTraces) {
  auto document = what_if();
  add_time(document, "65536", "l2", 10e6, "a");
  add_time(document, "524288", "l2", 15e6, "a");
  add_time(document, "65536", "l2", 90e6, "b");
  add_time(document, "524288", "l2", 30e6, "b");
  EXPECT_THAT(found(document), ElementsAre("chunks.chunk-size"));
  EXPECT_THAT(document.findings[0].text, HasSubstr("chunks of 512 KiB: 45.0 ms"));
}

TEST(ChunkSizeRule, SaysNothingOfOneSize) {
  auto document = what_if();
  add_time(document, "524288", "l3", 15e6);
  EXPECT_THAT(found(document), IsEmpty());
  EXPECT_EQ(document.verdict.state, "");
}

result::Document with_list(double saved_percent) {
  auto document = what_if();
  document.tables.push_back(
      {.name = "prefetch",
       .columns = {{"unit", ""},
                   {"chunk", "B"},
                   {"tier", ""},
                   {"not_in_list", ""},
                   {"prefetched", "B"},
                   {"wasted", "B"},
                   {"without", "ns"},
                   {"with", "ns"},
                   {"saved", "percent"}},
       .rows = {{std::string("block"), std::int64_t{65536}, std::string("l3"), std::int64_t{7},
                 std::int64_t{1 << 20}, std::int64_t{4096}, 2e9, 1.99e9, saved_percent},
                {std::string("block"), std::int64_t{4096}, std::string("l2"), std::int64_t{9},
                 std::int64_t{1}, std::int64_t{1}, 1e9, 1e9, -1.0}}});
  return document;
}

TEST(PrefetchRule, WarnsOfAListThatSavesNothing) {
  auto document = with_list(0.5);
  EXPECT_THAT(found(document), ElementsAre("chunks.list-not-worth-it"));
  EXPECT_EQ(document.findings[0].severity, result::Severity::warning);
  EXPECT_THAT(document.findings[0].text, HasSubstr("1.99 s instead of 2.00 s"));
  EXPECT_EQ(document.findings[0].evidence.at("tier"), result::Value(std::string("l3")));
  EXPECT_EQ(std::get<double>(document.findings[0].evidence.at("wasted_bytes")), 4096);
}

TEST(PrefetchRule, IsSilentOfOneThatIsWorthIt) {
  auto document = with_list(30);
  EXPECT_THAT(found(document), IsEmpty());
}

result::Document with_codes(double plain_load, double code_load) {
  auto document = what_if();
  document.parameters["nodes"] = std::int64_t{20};
  document.parameters["dead"] = std::int64_t{1};
  document.tables.push_back({.name = "erasure",
                             .columns = {{"code", ""},
                                         {"l2_hits", "percent"},
                                         {"dead_l2_hits", "percent"},
                                         {"origin_load", "ratio"}},
                             .rows = {{std::string("1-of-1"), 98.71, 93.77, plain_load},
                                      {std::string("4-of-5"), 98.71, 98.71, code_load}}});
  return document;
}

TEST(DeadNodeRule, NamesTheLoadOfTheOriginAndTheCodeThatKeepsIt) {
  auto document = with_codes(4.83, 1);
  EXPECT_THAT(found(document), ElementsAre("chunks.dead-node"));
  const auto& finding = document.findings[0];
  EXPECT_EQ(finding.severity, result::Severity::finding);
  EXPECT_EQ(finding.text,
            "with 1 of 20 nodes dead, 1-of-1 sends the origin 4.83x as much: the second cache's "
            "hit ratio falls from 98.7 % to 93.8 %");
  ASSERT_EQ(finding.remedies.size(), 1U);
  EXPECT_EQ(finding.remedies[0].text, "keep the chunks as 4-of-5");
}

TEST(DeadNodeRule, IsSilentWhereTheOriginHardlyNotices) {
  auto document = with_codes(1.5, 1);
  EXPECT_THAT(found(document), IsEmpty());
}

TEST(StartModelRule, WarnsWhereTheModelIsOffByMoreThanItsLatenciesVary) {
  const auto warnings = [](double error, double low, double high) {
    auto document = what_if();
    document.tables.push_back(
        {.name = "model_check",
         .columns = {{"recorded_start", "ns"},
                     {"low", "ns"},
                     {"high", "ns"},
                     {"recorded_stall", "ns"},
                     {"predicted_stall", "ns"},
                     {"error", ""}},
         .rows = {{9e8, low, high, 4e8, 5e8, error}, {9e8, 9e8, 9e8, 4e8, 4e8, result::Value()}}});
    return found(document).size();
  };
  EXPECT_EQ(warnings(25, 9.5e8, 11e8), 1U);
  EXPECT_EQ(warnings(-25, 7e8, 8e8), 1U);
  EXPECT_EQ(warnings(25, 8.5e8, 11e8), 0U);
  EXPECT_EQ(warnings(3, 9.5e8, 11e8), 0U);
}

TEST(IncompleteTraceRule, Warns) {
  auto document = what_if();
  document.parameters["incomplete_traces"] = std::int64_t{1};
  EXPECT_THAT(found(document), ElementsAre("chunks.incomplete-trace"));
}

// A saved document may hold anything.
TEST(ChunkRules, OfStrangeTablesSayNothing) {
  auto document = what_if();
  for (const char* name : {"prefetch", "erasure", "model_check", "chunks"}) {
    document.tables.push_back({.name = name, .columns = {{"saved", ""}}, .rows = {{true}}});
    document.tables.push_back({.name = name, .columns = {}, .rows = {}});
  }
  add_time(document, "x", "l3", 1);
  add_time(document, "0", "l3", 1);
  add_time(document, "4096", "l3", -1);
  EXPECT_THAT(found(document), IsEmpty());
}

}  // namespace
}  // namespace bytepath::verdict
