#include "measure/rounds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <set>
#include <thread>

namespace bytepath::measure {
namespace {

using testing::Each;
using testing::IsEmpty;
using testing::SizeIs;

const Clock& the_clock() {
  static const Clock clock = Clock::calibrate();
  return clock;
}

// What a cell was asked to do, in order.
struct Call {
  std::size_t cell;
  std::size_t round;
  std::size_t times;
};

Cell recorder(std::vector<Call>& calls, std::size_t index) {
  return {[&calls, index](std::size_t round, std::size_t times) {
    calls.push_back({index, round, times});
    return 0;
  }};
}

RoundPlan short_plan() { return {.rounds = 5, .batch_ns = 1, .max_times = 1}; }

TEST(RunRounds, GivesEveryCellOneSampleARound) {
  std::vector<Call> calls;
  std::vector<Cell> cells;
  for (std::size_t i = 0; i < 70; ++i) cells.push_back(recorder(calls, i));
  const auto result = run_rounds(the_clock(), cells, short_plan(), no_progress, "test");
  EXPECT_FALSE(result.interrupted);
  ASSERT_THAT(result.cells, SizeIs(70));
  for (const auto& cell : result.cells) {
    EXPECT_THAT(cell.ns, SizeIs(5));
    EXPECT_EQ(cell.error, 0);
  }
  // The calibration, then five rounds; each an untimed and a timed run of each cell.
  ASSERT_THAT(calls, SizeIs(2 * 70 * 6));
  for (std::size_t round = 0; round < 5; ++round) {
    std::set<std::size_t> seen;
    for (std::size_t i = 0; i < 70; ++i) {
      const auto& untimed = calls[2 * (70 * (round + 1) + i)];
      const auto& timed = calls[2 * (70 * (round + 1) + i) + 1];
      EXPECT_EQ(untimed.cell, timed.cell);
      EXPECT_EQ(untimed.times, 1U);
      EXPECT_EQ(untimed.round, round);
      EXPECT_EQ(timed.round, round);
      seen.insert(timed.cell);
    }
    EXPECT_THAT(seen, SizeIs(70)) << "round " << round;
  }
}

std::vector<std::size_t> order_with_seed(std::uint64_t seed) {
  std::vector<Call> calls;
  std::vector<Cell> cells;
  for (std::size_t i = 0; i < 20; ++i) cells.push_back(recorder(calls, i));
  auto plan = short_plan();
  plan.seed = seed;
  run_rounds(the_clock(), cells, plan, no_progress, "test");
  std::vector<std::size_t> order;
  for (std::size_t i = 2UL * 20; i < calls.size(); i += 2) order.push_back(calls[i].cell);
  return order;
}

TEST(RunRounds, ShufflesEachRoundBySeed) {
  const auto order = order_with_seed(1);
  EXPECT_EQ(order, order_with_seed(1));
  EXPECT_NE(order, order_with_seed(2));
  const std::vector<std::size_t> first(order.begin(), order.begin() + 20);
  const std::vector<std::size_t> second(order.begin() + 20, order.begin() + 40);
  EXPECT_NE(first, second);
}

TEST(RunRounds, AnErrorEndsThatCellAlone) {
  std::vector<Call> calls;
  std::vector<Cell> cells = {recorder(calls, 0), recorder(calls, 1), recorder(calls, 2)};
  cells.push_back({[](std::size_t, std::size_t) { return EIO; }});
  std::size_t late_calls = 0;
  cells.push_back({[&](std::size_t round, std::size_t) {
    late_calls += round == 4 ? 1U : 0U;
    return round >= 3 ? ENOSPC : 0;
  }});
  const auto result = run_rounds(the_clock(), cells, short_plan(), no_progress, "test");
  for (std::size_t i = 0; i < 3; ++i) EXPECT_THAT(result.cells[i].ns, SizeIs(5));
  EXPECT_EQ(result.cells[3].error, EIO);
  EXPECT_THAT(result.cells[3].ns, IsEmpty());
  EXPECT_EQ(result.cells[4].error, ENOSPC);
  EXPECT_THAT(result.cells[4].ns, SizeIs(3));
  EXPECT_EQ(late_calls, 0U);
}

// Only the batch is timed: its untimed run may fail as well.
TEST(RunRounds, AnErrorOfTheTimedRunGivesNoSample) {
  const std::vector<Cell> cells = {
      {[calls = 0](std::size_t, std::size_t) mutable { return ++calls > 5 ? EIO : 0; }}};
  const auto result = run_rounds(the_clock(), cells, short_plan(), no_progress, "test");
  EXPECT_EQ(result.cells[0].error, EIO);
  EXPECT_THAT(result.cells[0].ns, SizeIs(1));
}

TEST(RunRounds, ProgressInterruptsAndKeepsTheRoundsSoFar) {
  std::vector<Call> calls;
  const std::vector<Cell> cells = {recorder(calls, 0), recorder(calls, 1)};
  std::vector<std::size_t> done;
  const Progress progress = [&](std::size_t at, std::size_t total, std::string_view what) {
    EXPECT_EQ(total, 6U);
    EXPECT_EQ(what, "test");
    if (done.empty() || done.back() != at) done.push_back(at);  // asked again in a slow round
    return at < 3;
  };
  const auto result = run_rounds(the_clock(), cells, short_plan(), progress, "test");
  EXPECT_TRUE(result.interrupted);
  EXPECT_THAT(done, testing::ElementsAre(0, 1, 2, 3));
  for (const auto& cell : result.cells) EXPECT_THAT(cell.ns, SizeIs(2));
}

TEST(RunRounds, InterruptedAtOnceRunsNothing) {
  std::vector<Call> calls;
  const auto stop = [](std::size_t, std::size_t, std::string_view) { return false; };
  const auto result = run_rounds(the_clock(), {recorder(calls, 0)}, short_plan(), stop, "test");
  EXPECT_TRUE(result.interrupted);
  EXPECT_THAT(calls, IsEmpty());
  ASSERT_THAT(result.cells, SizeIs(1));
  EXPECT_THAT(result.cells[0].ns, IsEmpty());
}

TEST(RunRounds, ADeadlineThatIsOverGivesNothingButIsNoInterruption) {
  std::vector<Call> calls;
  auto plan = short_plan();
  plan.deadline = std::chrono::steady_clock::now();
  const auto result = run_rounds(the_clock(), {recorder(calls, 0)}, plan, no_progress, "test");
  EXPECT_FALSE(result.interrupted);
  EXPECT_THAT(result.cells[0].ns, IsEmpty());
  EXPECT_EQ(result.cells[0].error, 0);
}

// As if only some of the cells had been asked for, a sweep with holes would be judged.
TEST(RunRounds, AFirstRoundCutShortGivesNothing) {
  std::vector<Call> calls;
  std::vector<Cell> cells;
  for (std::size_t i = 0; i < 20; ++i) cells.push_back(recorder(calls, i));
  auto plan = short_plan();
  plan.deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(100);
  constexpr std::size_t calibration = 2UL * 20;
  cells.push_back({[&](std::size_t, std::size_t) {
    if (calls.size() > calibration) std::this_thread::sleep_until(plan.deadline);
    return 0;
  }});
  const auto result = run_rounds(the_clock(), cells, plan, no_progress, "test");
  EXPECT_FALSE(result.interrupted);
  EXPECT_LE(calls.size(), 2 * calibration);
  for (const auto& cell : result.cells) EXPECT_THAT(cell.ns, IsEmpty());
}

TEST(RunRounds, OfNoCellsIsEmpty) {
  EXPECT_THAT(run_rounds(the_clock(), {}, short_plan(), no_progress, "test").cells, IsEmpty());
}

// A cell that takes as long as the clock says: its repetitions follow from the plan alone.
TEST(RunRounds, RepeatsAShortCellUntilItFillsTheBatch) {
  constexpr double each_ns = 2'000;
  constexpr double batch_ns = 100'000;
  std::size_t most = 0;
  double longest = 0;
  const std::vector<Cell> cells = {{[&](std::size_t, std::size_t times) {
    const auto from = the_clock().now();
    auto to = from;
    while (the_clock().nanoseconds(from, to) < each_ns * static_cast<double>(times))
      to = the_clock().now();
    most = std::max(most, times);
    longest = std::max(longest, the_clock().nanoseconds(from, to));
    return 0;
  }}};
  const auto result =
      run_rounds(the_clock(), cells, {.rounds = 3, .batch_ns = batch_ns}, no_progress, "test");
  EXPECT_GE(longest, 0.9 * batch_ns);
  EXPECT_LE(most, 61U);  // 1.2 x 100 us / 2 us, and one that an attempt may add
  EXPECT_THAT(result.cells[0].ns, Each(testing::Ge(0.9 * each_ns)));
}

TEST(RunRounds, NeverRepeatsMoreThanThePlanAllows) {
  std::size_t most = 0;
  const std::vector<Cell> cells = {{[&](std::size_t, std::size_t times) {
    most = std::max(most, times);
    return 0;
  }}};
  run_rounds(the_clock(), cells, {.rounds = 2, .batch_ns = 1e9, .max_times = 7}, no_progress,
             "test");
  EXPECT_EQ(most, 7U);
}

}  // namespace
}  // namespace bytepath::measure
