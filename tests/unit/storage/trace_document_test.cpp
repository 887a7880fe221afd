#include "storage/trace_document.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace bytepath::storage {
namespace {

TracedProcess traced() {
  TracedProcess process;
  auto& reads = process.accesses.tiers.at(bytepath_access_read);
  auto& faults = process.accesses.tiers.at(bytepath_access_fault);
  for (int i = 0; i < 3; ++i) reads.at(bytepath_tier_cache).times.add(1000);
  reads.at(bytepath_tier_cache).sums = {.time_ns = 3000, .bytes = 12288};
  faults.at(bytepath_tier_block).times.add(60'000);
  faults.at(bytepath_tier_block).sums = {.time_ns = 60'000, .device_ns = 45'000, .bytes = 4096};
  faults.at(bytepath_tier_memory).times.add(500);
  process.accesses.major_faults = 1;
  process.accesses.minor_faults = 1;
  process.accesses.other_reads = 2;
  return process;
}

const result::Table* table(const result::Document& document, std::string_view name) {
  const auto at = std::ranges::find(document.tables, name, &result::Table::name);
  return at == document.tables.end() ? nullptr : &*at;
}

TEST(TraceDocument, PutsReadsAndFaultsTogetherAndApart) {
  const auto document = trace_document({.command = {"cat", "a"}}, traced());
  for (const auto& [name, rows] : {std::pair{"tiers", 2U}, {"reads", 1U}, {"faults", 1U}}) {
    ASSERT_NE(table(document, name), nullptr) << name;
    EXPECT_EQ(table(document, name)->rows.size(), rows) << name;
  }
  EXPECT_EQ(document.parameters.at("command"), result::Value(std::string("cat a")));
  ASSERT_NE(table(document, "parts"), nullptr);
  EXPECT_EQ(table(document, "parts")->rows.at(0).at(4), result::Value(75.0));
}

TEST(TraceDocument, CountsFaultsOfMemoryBesideTheTiers) {
  const auto document = trace_document({.process = 7}, traced());
  const auto* const beside = table(document, "beside");
  ASSERT_NE(beside, nullptr);
  EXPECT_EQ(beside->rows.size(), 2U);
  EXPECT_EQ(document.parameters.at("process"), result::Value(std::int64_t{7}));
}

TEST(TraceDocument, SaysWhatWasNotSeen) {
  EXPECT_TRUE(trace_document({.process = 7}, traced()).not_measured.empty());
  auto process = traced();
  process.accesses.unseen_calls = 4;
  process.accesses.compat_reads = 1;
  process.accesses.losses.threads = 2;
  process.outcome = process::SpawnOutcome{.major_faults = 9};
  const auto document = trace_document({.command = {"x"}}, process);
  EXPECT_EQ(document.not_measured.size(), 4U);
  EXPECT_EQ(document.parameters.at("lost_events"), result::Value(std::int64_t{2}));
}

TEST(TraceDocument, OfAProcessThatReadNothingHasNoEmptyTables) {
  const auto document = trace_document({.process = 7}, {});
  EXPECT_TRUE(document.tables.empty());
}

}  // namespace
}  // namespace bytepath::storage
