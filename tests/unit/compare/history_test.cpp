#include "compare/history.h"

#include <gtest/gtest.h>

#include <random>

namespace bytepath::compare {
namespace {

using result::Value;

HistoryRun run(std::size_t number, double median, const std::string& machine = "m1") {
  HistoryRun made;
  made.entry = {.path = {},
                .branch = "main",
                .machine = machine,
                .suite = "cli",
                .time = fmt::format("202611{:02}T{:02}0000Z", 1 + number / 24, number % 24),
                .commit = fmt::format("c{}", number)};
  made.suite.benchmarks.push_back({.name = "xz",
                                   .metrics = {{.metric = "wall",
                                                .unit = "s",
                                                .samples = {},
                                                .median = median,
                                                .low = median * 0.99,
                                                .high = median * 1.01,
                                                .count = 30}}});
  return made;
}

// `step` from run 20 of 40 on, with noise of 1 % between the sessions.
std::vector<HistoryRun> stepped(double step, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> noise(0, 0.01);
  std::vector<HistoryRun> runs;
  for (std::size_t i = 0; i < 40; ++i)
    runs.push_back(run(i, 0.01 * (i < 20 ? 1 : step) * std::exp(noise(random))));
  return runs;
}

result::Document history_of(const std::vector<HistoryRun>& runs, HistoryOptions options = {}) {
  options.benchmark = "xz";
  options.metric = "wall";
  result::Document document;
  const auto added = add_history(document, runs, options);
  EXPECT_TRUE(added) << added.error().message;
  return document;
}

TEST(History, FindsAStepOfFivePercentWhereItIs) {
  const auto document = history_of(stepped(1.05, 1));
  ASSERT_EQ(document.series.size(), 1U);
  EXPECT_EQ(document.series[0].points.size(), 40U);
  EXPECT_EQ(document.series[0].points[39].x, 39);
  EXPECT_EQ(document.series[0].points[0].count, 30U);
  const auto& rows = document.tables.at(0).rows;
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0][3], Value(std::string("20261101T190000Z-c19")));
  EXPECT_EQ(rows[0][4], Value(std::string("20261101T200000Z-c20")));
  EXPECT_NEAR(std::get<double>(rows[0][7]), 5, 1);
  EXPECT_TRUE(std::get<std::string>(rows[0][5]).ends_with(" ms"));
}

TEST(History, NoiseAndSingleBadSessionsAreNoSteps) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    auto runs = stepped(1, seed);
    runs[10] = run(10, 0.02);
    runs[30] = run(30, 0.001);
    EXPECT_TRUE(history_of(runs).tables.at(0).rows.empty()) << seed;
  }
}

TEST(History, SmallerStepsThanWantedAreNone) {
  EXPECT_TRUE(history_of(stepped(1.05, 1), {.benchmark = {}, .metric = {}, .smallest_step = 0.2})
                  .tables.at(0)
                  .rows.empty());
}

TEST(History, CountsMayBeZero) {
  std::vector<HistoryRun> runs;
  for (std::size_t i = 0; i < 12; ++i) runs.push_back(run(i, i < 6 ? 0 : 5));
  const auto rows = history_of(runs).tables.at(0).rows;
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0][4], Value(std::string("20261101T060000Z-c6")));
}

TEST(History, EachMachineHasItsOwnLevel) {
  std::vector<HistoryRun> runs;
  for (std::size_t i = 0; i < 20; ++i)
    runs.push_back(run(i, i % 2 == 0 ? 0.01 : 0.02, i % 2 == 0 ? "m1" : "m2"));
  const auto document = history_of(runs);
  ASSERT_EQ(document.series.size(), 2U);
  EXPECT_EQ(document.series[1].labels.at("machine"), "m2");
  EXPECT_EQ(document.series[1].points[0].x, 1);
  EXPECT_TRUE(document.tables.at(0).rows.empty());
}

TEST(History, WhatIsNotThereIsAnError) {
  result::Document document;
  const auto runs = stepped(1, 1);
  const auto absent = add_history(document, runs, {.benchmark = "xz", .metric = "faults"});
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().kind, ErrorKind::unsupported);
  const auto step =
      add_history(document, runs, {.benchmark = "xz", .metric = "wall", .smallest_step = 0});
  ASSERT_FALSE(step);
  EXPECT_EQ(step.error().kind, ErrorKind::usage);
  EXPECT_TRUE(document.series.empty());
}

}  // namespace
}  // namespace bytepath::compare
