#include "benchmark/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "benchmark/session_document.h"

namespace bytepath::benchmark {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Keeps what it is asked to run; each command takes the seconds that the test gave it.
class FakeExecutor final : public Executor {
 public:
  std::vector<std::string> log;
  std::map<std::string, double> seconds;
  std::map<std::string, int> reads_disk;  // so many first runs of a command
  std::string fails;                      // a command line
  double shell = 0;

  std::string no_shell;  // why the shell cannot be measured
  Result<> calibrate(const Progress&) override {
    if (no_shell.empty()) return {};
    return fail(ErrorKind::failed, no_shell);
  }
  double overhead() const override { return shell; }
  double now() const override { return now_; }
  Result<Run> execute(const std::string& line, Iteration iteration, const FailureRule& failures,
                      const OutputPolicy&) override {
    log.push_back(
        line + (iteration.environment_value().empty() ? "" : ":" + iteration.environment_value()));
    if (line == fails) {
      if (auto checked = check_exit(3, false, iteration, failures); !checked) {
        return std::unexpected(checked.error());
      }
    }
    const auto found = seconds.find(line);
    Run run{.start = now_, .wall = found == seconds.end() ? 0.5 : found->second};
    if (reads_disk[line]-- > 0) run.major_faults = 2;
    now_ += run.wall + shell;
    return run;
  }

 private:
  double now_ = 0;
};

class Silent final : public Observer {
 public:
  std::vector<std::size_t> begun;
  std::size_t finished_count = 0;
  void begins(const BenchmarkResult& benchmark) override { begun.push_back(benchmark.number); }
  Result<> finished(const std::vector<BenchmarkResult>& results) override {
    finished_count = results.size();
    return {};
  }
};

class SessionTest : public testing::Test {
 protected:
  Plan plan(std::vector<std::string> lines) {
    Plan out;
    for (auto& line : lines) out.commands.push_back({.name = "", .expression = line});
    out.outputs.assign(out.commands.size(), OutputPolicy{});
    out.seed = 7;
    return out;
  }
  Plan paired(std::vector<std::string> lines, std::uint64_t pairs) {
    Plan out = plan(std::move(lines));
    out.order = Order::paired;
    out.compares = true;
    out.warmup = 0;
    out.comparison.pairs = pairs;
    return out;
  }
  Session run(const Plan& of) { return run_session(of, executor, observer, progress); }
  FakeExecutor executor;
  Silent observer;
  Progress progress = no_progress;
};

TEST_F(SessionTest, BlocksRunInHyperfinesOrder) {
  auto of = plan({"a", "b"});
  of.min_runs = 1;
  of.max_runs = 1;
  of.warmup = 2;
  of.setup = "setup";
  of.cleanup = "cleanup";
  of.prepare = {"prepare"};
  of.conclude = {"conclude"};
  run(of);
  EXPECT_THAT(executor.log,
              ElementsAre("setup", "prepare", "a:warmup-0", "conclude", "prepare", "a:warmup-1",
                          "conclude", "prepare", "a:0", "conclude", "cleanup",  //
                          "setup", "prepare", "b:warmup-0", "conclude", "prepare", "b:warmup-1",
                          "conclude", "prepare", "b:0", "conclude", "cleanup"));
  EXPECT_THAT(observer.begun, ElementsAre(1, 2));
}

TEST_F(SessionTest, ThreeSecondsOfRunsButNeverFewerThanTheMinimum) {
  executor.seconds = {{"fast", 0.01}, {"slow", 2}};
  const auto session = run(plan({"fast", "slow"}));
  EXPECT_EQ(session.results.at(0).runs.size(), 300U);
  EXPECT_EQ(session.results.at(1).runs.size(), 10U);
}

TEST_F(SessionTest, WhatIsAroundARunCountsForTheNumberOfRuns) {
  executor.seconds = {{"a", 0.05}, {"prepare", 0.01}, {"conclude", 0.01}};
  executor.shell = 0.01;
  auto of = plan({"a"});
  of.prepare = {"prepare"};
  of.conclude = {"conclude"};
  EXPECT_EQ(run(of).results.at(0).runs.size(), 30U);
}

TEST_F(SessionTest, ACommandThatTakesNoTimeEnds) {
  executor.seconds = {{"a", 0}};
  EXPECT_EQ(run(plan({"a"})).results.at(0).runs.size(), 10U);
}

TEST_F(SessionTest, AFailureKeepsWhatWasMeasuredBefore) {
  executor.fails = "b";
  auto of = plan({"a", "b", "c"});
  of.cleanup = "cleanup";
  const auto session = run(of);
  ASSERT_TRUE(session.error);
  EXPECT_THAT(session.error->message,
              HasSubstr("non-zero exit code 3 in the first benchmark run. Use the '-i'"));
  EXPECT_EQ(session.results.size(), 1U);
  EXPECT_EQ(observer.finished_count, 1U);
  EXPECT_EQ(std::ranges::count(executor.log, "cleanup"), 1);  // of a; b's would hide the failure
}

TEST_F(SessionTest, AFailingPrepareSaysWhichCommandItWas) {
  executor.fails = "prepare";
  auto of = plan({"a"});
  of.prepare = {"prepare"};
  const auto session = run(of);
  ASSERT_TRUE(session.error);
  EXPECT_THAT(session.error->message, HasSubstr("The preparation command terminated with"));
}

TEST_F(SessionTest, ParametersAreReplacedInPrepareToo) {
  auto of = plan({"a {x}"});
  of.commands[0].parameters = {{"x", "1"}};
  of.prepare = {"p {x}"};
  of.min_runs = 1;
  of.max_runs = 1;
  run(of);
  EXPECT_THAT(executor.log, ElementsAre("p 1", "a 1:0"));
}

TEST_F(SessionTest, InterruptionKeepsWholeRunsAndCleansUp) {
  progress = [&](std::size_t, std::size_t, std::string_view) { return executor.log.size() < 5; };
  auto of = plan({"a", "b"});
  of.cleanup = "cleanup";
  const auto session = run(of);
  EXPECT_TRUE(session.interrupted);
  EXPECT_FALSE(session.error);
  ASSERT_EQ(session.results.size(), 1U);
  EXPECT_EQ(session.results[0].runs.size(), 4U);  // the fifth was cut short
  EXPECT_EQ(executor.log.back(), "cleanup");
  EXPECT_FALSE(to_document(of, session, {}).complete);
}

TEST_F(SessionTest, InterruptedBeforeAnythingWasMeasuredItStillCleansUp) {
  for (const auto order : {Order::blocked, Order::paired, Order::random}) {
    executor.log.clear();
    progress = [&](std::size_t, std::size_t, std::string_view) { return executor.log.size() < 2; };
    auto of = paired({"a", "b"}, 5);
    of.order = order;
    of.setup = "setup";
    of.cleanup = "cleanup";
    const auto session = run(of);
    EXPECT_TRUE(session.interrupted);
    EXPECT_FALSE(session.error);
    EXPECT_EQ(executor.log.back(), "cleanup") << static_cast<int>(order);
  }
}

// A command that Ctrl-C ended fails, whichever it was.
TEST_F(SessionTest, WhatFailsBecauseOfTheInterruptionIsNoFailure) {
  for (const auto order : {Order::blocked, Order::paired}) {
    for (const std::string failing : {"a", "setup", "prepare"}) {
      executor.log.clear();
      executor.fails = failing;
      progress = [&](std::size_t, std::size_t, std::string_view) {
        return std::ranges::count_if(executor.log, [&](const std::string& line) {
                 return line.substr(0, line.find(':')) == failing;
               }) == 0;
      };
      auto of = paired({"a"}, 5);
      of.order = order;
      of.setup = "setup";
      of.prepare = {"prepare"};
      const auto session = run(of);
      EXPECT_TRUE(session.interrupted) << failing;
      EXPECT_FALSE(session.error) << failing;
    }
  }
}

TEST_F(SessionTest, AShellThatTheInterruptionEndedIsNoFailure) {
  executor.no_shell = "Could not measure shell execution time.";
  EXPECT_TRUE(run(plan({"a"})).error);
  progress = [](std::size_t, std::size_t, std::string_view) { return false; };
  const auto session = run(plan({"a"}));
  EXPECT_TRUE(session.interrupted);
  EXPECT_FALSE(session.error);
}

TEST_F(SessionTest, EveryRoundRunsEachCommandOnceInADrawnOrder) {
  auto of = paired({"a", "b", "c"}, 40);
  run(of);
  ASSERT_EQ(executor.log.size(), 120U);
  std::map<std::string, int> first;
  for (std::size_t round = 0; round < 40; ++round) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < 3; ++i) names.push_back(executor.log[3 * round + i].substr(0, 1));
    ++first[names[0]];
    std::ranges::sort(names);
    ASSERT_THAT(names, ElementsAre("a", "b", "c")) << "round " << round;
  }
  EXPECT_EQ(first.size(), 3U);  // each of them began a round
}

TEST_F(SessionTest, TheSeedDecidesTheOrder) {
  const auto order_of = [&](std::uint64_t seed) {
    executor.log.clear();
    auto of = paired({"a", "b"}, 20);
    of.seed = seed;
    run(of);
    return executor.log;
  };
  const auto once = order_of(1);
  EXPECT_EQ(order_of(1), once);
  EXPECT_NE(order_of(2), once);
}

TEST_F(SessionTest, RoundsSetUpAllFirstAndCleanUpAllLast) {
  auto of = paired({"a {n}", "b {n}"}, 1);
  of.commands[0].parameters = of.commands[1].parameters = {{"n", "1"}};
  of.commands[1].parameters[0].second = "2";
  of.setup = "setup {n}";
  of.cleanup = "cleanup {n}";
  of.prepare = {"p {n}"};
  run(of);
  ASSERT_EQ(executor.log.size(), 8U);
  EXPECT_EQ(executor.log[0] + executor.log[1], "setup 1setup 2");
  EXPECT_EQ(executor.log[6] + executor.log[7], "cleanup 1cleanup 2");
  // Each prepare stands before its own command.
  for (const std::size_t i : {2U, 4U}) {
    EXPECT_EQ(executor.log[i].back(), executor.log[i + 1][2]);
  }
}

TEST_F(SessionTest, WarmsUpUntilNoRunReadsADisk) {
  executor.reads_disk = {{"a", 3}, {"b", 1000}};
  auto of = paired({"a", "b"}, 1);
  of.warmup.reset();
  const auto session = run(of);
  EXPECT_EQ(std::ranges::count(executor.log, "a:warmup-4"), 1);  // 3 cold runs and 2 quiet ones
  EXPECT_EQ(std::ranges::count(executor.log, "a:warmup-5"), 0);
  EXPECT_EQ(session.cold, (std::vector<bool>{false, true}));
  EXPECT_TRUE(to_document(of, session, {}).parameters.contains("cold.2"));
}

TEST_F(SessionTest, FromTenToThirtyPairsByTime) {
  auto of = paired({"a", "b"}, 0);
  of.comparison.pairs.reset();
  executor.seconds = {{"a", 0.001}, {"b", 0.001}};
  EXPECT_EQ(run(of).results[0].runs.size(), 30U);
  executor.seconds = {{"a", 60}, {"b", 60}};
  EXPECT_EQ(run(of).results[0].runs.size(), 10U);
}

TEST_F(SessionTest, PrecisionEndsWhenTheIntervalIsNarrow) {
  auto of = paired({"a", "b"}, 0);
  of.comparison.pairs.reset();
  of.comparison.precision = 0.01;
  executor.seconds = {{"a", 0.1}, {"b", 0.1}};
  const auto session = run(of);
  EXPECT_EQ(session.stopping, stats::Stopping::anytime);
  // No noise: as soon as the anytime interval exists, and not before.
  EXPECT_GE(session.results[0].runs.size(), 10U);
  EXPECT_LT(session.results[0].runs.size(), 20U);
}

TEST_F(SessionTest, CountsOfZeroArePreciseAsTheReportHasThem) {
  auto of = paired({"a", "b"}, 0);
  of.comparison.pairs.reset();
  of.comparison.precision = 0.01;
  of.comparison.metric = "major_faults";
  executor.seconds = {{"a", 0.1}, {"b", 0.1}};
  EXPECT_LT(run(of).results[0].runs.size(), 20U);
}

TEST_F(SessionTest, TimeEndsWhatIsNeverPrecise) {
  auto of = paired({"a", "b"}, 0);
  of.comparison.pairs.reset();
  of.comparison.precision = 1e-9;
  of.comparison.max_time = std::chrono::seconds(30);
  of.comparison.metric = "stdout:x";  // of which there is none
  executor.seconds = {{"a", 0.5}, {"b", 0.5}};
  EXPECT_EQ(run(of).results[0].runs.size(), 30U);
}

TEST_F(SessionTest, WithoutTimePassingThereIsAnEnd) {
  executor.seconds = {{"a", 0}, {"b", 0}};
  auto of = paired({"a", "b"}, 0);
  of.comparison.pairs.reset();
  of.comparison.max_time = std::chrono::seconds(1);
  EXPECT_EQ(run(of).results[0].runs.size(), 30U);
  of.comparison.max_time.reset();
  of.comparison.precision = 0.01;
  EXPECT_EQ(run(of).results[0].runs.size(), 30U);
}

TEST_F(SessionTest, TheMinimumOfRunsIsOneOfRoundsToo) {
  auto of = paired({"a", "b"}, 0);
  of.comparison.pairs.reset();
  of.min_runs = 50;
  EXPECT_EQ(run(of).results[0].runs.size(), 50U);
  of.min_runs = 3;
  executor.seconds = {{"a", 100}, {"b", 100}};
  EXPECT_EQ(run(of).results[0].runs.size(), 3U);
}

TEST_F(SessionTest, ARunThatWasNotLetToEndIsLeftOut) {
  auto of = paired({"a", "b"}, 10);
  Session session = run(of);
  for (int i = 0; i < 3; ++i) {
    auto& cut = session.results[1].runs[static_cast<std::size_t>(i)];
    cut.timed_out = true;
    cut.exit_code = 137;
  }
  const auto document = to_document(of, session, {});
  const auto table = std::ranges::find(document.tables, "comparisons", &result::Table::name);
  ASSERT_NE(table, document.tables.end());
  EXPECT_EQ(std::get<std::int64_t>(table->rows[0][7]), 7);
  EXPECT_EQ(std::get<std::int64_t>(document.parameters.at("failed_runs.2")), 3);
  EXPECT_EQ(std::get<std::int64_t>(document.parameters.at("timed_out_runs.2")), 3);
  EXPECT_FALSE(document.parameters.contains("failed_runs.1"));
}

TEST_F(SessionTest, OfACapturedNumberMoreMayBeBetter) {
  for (const bool higher : {false, true}) {
    auto of = paired({"a", "b"}, 10);
    of.comparison.metric = "stdout:x";
    of.comparison.higher_is_better = higher;
    Session session = run(of);
    for (auto& run : session.results[0].runs) run.captured = 100;
    for (auto& run : session.results[1].runs) run.captured = 200;
    const auto document = to_document(of, session, {});
    const auto table = std::ranges::find(document.tables, "comparisons", &result::Table::name);
    ASSERT_NE(table, document.tables.end());
    EXPECT_EQ(std::get<std::string>(table->rows[0][11]), higher ? "improvement" : "regression");
  }
}

TEST_F(SessionTest, RandomOrderDealsEachCommandAsOften) {
  auto of = paired({"a", "b"}, 50);
  of.order = Order::random;
  const auto session = run(of);
  EXPECT_EQ(session.results[0].runs.size(), 50U);
  EXPECT_EQ(session.results[1].runs.size(), 50U);
  std::size_t in_a_row = 0;
  for (std::size_t i = 1; i < executor.log.size(); ++i) {
    in_a_row += executor.log[i][0] == executor.log[i - 1][0] ? 1 : 0;
  }
  EXPECT_GT(in_a_row, 25U);  // not in rounds
}

TEST_F(SessionTest, ACutRoundIsNoRound) {
  progress = [&](std::size_t, std::size_t, std::string_view) { return executor.log.size() < 7; };
  const auto session = run(paired({"a", "b"}, 100));
  EXPECT_TRUE(session.interrupted);
  EXPECT_EQ(session.results[0].runs.size(), 3U);
  EXPECT_EQ(session.results[1].runs.size(), 3U);
}

TEST_F(SessionTest, TheDocumentComparesWithTheFirst) {
  executor.seconds = {{"a", 0.1}, {"b", 0.2}};
  auto of = paired({"a", "b"}, 12);
  of.comparison.against_itself = true;
  const auto session = run(of);
  EXPECT_EQ(executor.log.size(), 36U);
  const auto document = to_document(of, session, {});
  const auto table = std::ranges::find(document.tables, "comparisons", &result::Table::name);
  ASSERT_NE(table, document.tables.end());
  ASSERT_EQ(table->rows.size(), 1U);
  EXPECT_EQ(std::get<std::string>(table->rows[0][0]), "b");
  EXPECT_NEAR(std::get<double>(table->rows[0][4]), 100, 1e-9);
  EXPECT_EQ(std::get<double>(document.parameters.at("noise_floor_percent")), 0);
  EXPECT_EQ(std::get<bool>(document.parameters.at("broken_instrument")), false);
  EXPECT_EQ(std::get<std::int64_t>(document.parameters.at("reference")), 1);
}

TEST_F(SessionTest, AReferenceThatDiffersFromItselfIsABrokenInstrument) {
  auto of = paired({"a"}, 12);
  of.comparison.against_itself = true;
  Session session = run(of);
  for (auto& run : session.again->runs) run.wall = 0.6;
  const auto document = to_document(of, session, {});
  EXPECT_EQ(std::get<bool>(document.parameters.at("broken_instrument")), true);
}

TEST_F(SessionTest, CountersThatAreNotThereAreSaidAndNotCounted) {
  auto of = paired({"a", "b"}, 2);
  Session session = run(of);
  std::vector<counters::Counter> counters(2);
  counters[0].event = {.name = "cycles"};
  counters[0].refused = Error{
      .kind = ErrorKind::unsupported, .message = "cycles is not supported: no PMU", .hint = "none"};
  counters[1].event = {.name = "page-faults", .rusage = "faults"};
  counters[1].refused = Error{.kind = ErrorKind::denied, .message = "denied", .hint = "be root"};
  for (auto& result : session.results) {
    for (auto& run : result.runs) run.counters = {std::nan(""), 12};
  }
  const std::vector<double> shares = {1, 1};
  const auto document = to_document(of, session, {.counters = counters, .counter_shares = shares});
  EXPECT_EQ(std::ranges::count(document.metrics, "cycles", &result::Metric::name), 0);
  EXPECT_EQ(std::ranges::count(document.metrics, "page-faults", &result::Metric::name), 2);
  ASSERT_EQ(document.not_measured.size(), 2U);
  EXPECT_EQ(document.not_measured[0].what, "cycles");
  EXPECT_EQ(document.not_measured[0].reason, "not supported: no PMU");
  EXPECT_THAT(document.not_measured[1].reason, HasSubstr("getrusage's count is used"));
}

TEST(MockExecutor, TakesExactlyWhatItIsTold) {
  MockExecutor mock(std::string("sleep 0.02"));
  ASSERT_TRUE(mock.calibrate(no_progress).has_value());
  EXPECT_EQ(mock.overhead(), 0.02);
  EXPECT_EQ(mock.execute("sleep 0.123", {}, {}, {})->wall, 0.123);
  EXPECT_NEAR(mock.now(), 0.143, 1e-12);
  for (const char* wrong : {"sleep", "sleep x", "sleep 1 2", "ls", "sleep -1", ""}) {
    EXPECT_FALSE(mock.execute(wrong, {}, {}, {}).has_value()) << wrong;
  }
}

}  // namespace
}  // namespace bytepath::benchmark
