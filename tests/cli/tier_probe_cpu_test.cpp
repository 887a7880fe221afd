#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "support/probes.h"
#include "support/process.h"
#include "support/reports.h"
#include "support/temporary_folder.h"

// tier-probe's command cpu as its user runs it. Times are those of whatever host this is: they are
// only compared with each other.
namespace bytepath::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

Outcome tier_probe(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), probe_path("tier-probe"));
  return run({.arguments = std::move(arguments)});
}

void expect_refused(const std::vector<std::string>& arguments, const std::string& named,
                    int status = 2) {
  SCOPED_TRACE(testing::PrintToString(arguments));
  const auto outcome = tier_probe(arguments);
  EXPECT_EQ(outcome.status, status) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, StartsWith("tier-probe: "));
  EXPECT_THAT(outcome.err.substr(0, outcome.err.find('\n')), HasSubstr(named));
  EXPECT_THAT(outcome.err, HasSubstr("\nhint: "));
  EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 2) << outcome.err;
}

const result::Table& table_of(const result::Document& document, std::string_view name) {
  const auto found = std::ranges::find(document.tables, name, &result::Table::name);
  if (found == document.tables.end()) {
    ADD_FAILURE() << "no table " << name;
    static const result::Table none;
    return none;
  }
  return *found;
}

double number(const result::Value& value) {
  if (const auto* real = std::get_if<double>(&value)) return *real;
  const auto* whole = std::get_if<std::int64_t>(&value);
  return whole == nullptr ? std::nan("") : static_cast<double>(*whole);
}

TEST(TierProbeCpu, RefusesWhatItCannotDo) {
  expect_refused({"--size", "1T"}, "--size: 1 TiB");
  expect_refused({"cpu", "--size", "1M"}, "--size");
  expect_refused({"cpu", "--method", "guess"}, "--method");
  expect_refused({"cpu", "--pages", "1g"}, "--pages");
  expect_refused({"cpu", "--parts", "tbl"}, "tbl");
  expect_refused({"cpu", "--rounds", "1"}, "--rounds");
  expect_refused({"cpu", "--cpu", "8191"}, "--cpu");
}

TEST(TierProbeCpu, SaysHowHugePagesAreReserved) {
  const auto outcome = tier_probe({"--pages", "hugetlb", "--size", "512M"});
  if (outcome.status == 0) GTEST_SKIP() << "huge pages are reserved on this host";
  EXPECT_EQ(outcome.status, 3) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("vm.nr_hugepages"));
}

TEST(TierProbeCpu, FindsTiersThatRise) {
  const auto outcome = tier_probe({"--rounds", "3", "--json", "-", "--quiet"});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  const auto document = document_of(outcome);
  EXPECT_TRUE(document.complete);
  const auto& tiers = table_of(document, "tiers");
  ASSERT_GE(tiers.rows.size(), 2U);
  for (std::size_t i = 1; i < tiers.rows.size(); ++i) {
    EXPECT_GT(number(tiers.rows[i][1]), 1.2 * number(tiers.rows[i - 1][1])) << "latency";
    if (i + 1 < tiers.rows.size()) {
      EXPECT_GT(number(tiers.rows[i][5]), number(tiers.rows[i - 1][5])) << "capacity";
    }
  }
  EXPECT_EQ(tiers.rows.back()[0], result::Value(std::string("memory")));
  EXPECT_GT(number(tiers.rows.back()[1]), 5 * number(tiers.rows.front()[1]));
  for (const auto& row : table_of(document, "bandwidth").rows) EXPECT_GT(number(row[2]), 0);
  EXPECT_GT(table_of(document, "retention").rows.size(), 3U);
  EXPECT_EQ(document.verdict.state, "measured");
}

TEST(TierProbeCpu, MeasuresOnlyTheWantedParts) {
  const auto outcome = tier_probe({"cpu", "--rounds", "2", "--size", "8M", "--parts", "tlb",
                                   "--method", "both", "--pages", "4k", "--json", "-", "--quiet"});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  const auto document = document_of(outcome);
  std::vector<std::string> names;
  for (const auto& table : document.tables) names.push_back(table.name);
  EXPECT_EQ(names, (std::vector<std::string>{"tiers", "checks", "laps", "tlb"}));
  EXPECT_EQ(table_of(document, "tlb").rows.size(), 1U) << "without huge pages no reach of theirs";
}

TEST(TierProbeCpu, SaysWhatOneCpuCannotShow) {
  cpu_set_t usable;
  CPU_ZERO(&usable);
  ASSERT_EQ(::sched_getaffinity(0, sizeof usable, &usable), 0);
  int first = 0;
  while (!CPU_ISSET(static_cast<std::size_t>(first), &usable)) ++first;
  const auto outcome = run({.arguments = {"/usr/bin/taskset", "-c", std::to_string(first),
                                          probe_path("tier-probe"), "--rounds", "2", "--size", "8M",
                                          "--parts", "cores,loaded", "--json", "-", "-q"}});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  const auto document = document_of(outcome);
  ASSERT_EQ(document.not_measured.size(), 1U);
  EXPECT_THAT(document.not_measured[0].reason, HasSubstr("one CPU"));
}

}  // namespace
}  // namespace bytepath::test
