#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <fstream>
#include <span>
#include <string>
#include <vector>

#include "stats/comparison.h"
#include "stats/order.h"
#include "stats/random.h"
#include "unit/stats/noise.h"

// What is promised of every comparison, held against noise: how often one that compares a program
// with itself says "different", and how often a real change is found.
namespace bytepath::stats {
namespace {

bool excludes(const Effect& effect, double ratio) {
  return effect.low > ratio || effect.high < ratio;
}

Times coin_ordered(SharedHost& host, Random& random, std::size_t pairs, double factor = 1) {
  Times times;
  for (std::size_t i = 0; i < pairs; ++i) {
    const double first = host.next_time();
    add_pair(times, first, host.next_time(), random, factor);
  }
  return times;
}

TEST(FalseAlarms, PairsOfTheSameProgramAreCalledDifferentOnceInTwentyAtMost) {
  Random random(101);
  int different = 0;
  int beyond_margin = 0;
  constexpr int trials = 2000;
  for (int trial = 0; trial < trials; ++trial) {
    SharedHost host(random);
    const auto times = coin_ordered(host, random, 30);
    const auto effect = paired_effect(times.base, times.now);
    different += excludes(effect, 1) ? 1 : 0;
    const Change change = classify(effect, 0.05);
    beyond_margin += change == Change::regression || change == Change::improvement ? 1 : 0;
  }
  EXPECT_LE(different, 129);  // 5 % and 3 standard deviations
  EXPECT_GE(different, 50);   // an interval that always holds 1 says nothing
  EXPECT_LE(beyond_margin, trials * 5 / 1000);
}

// The share of series that are called different at any of the looks after 10, 11, ... 160 pairs.
double flagged_while_looking(Stopping stopping, int trials) {
  Random random(102);
  int flagged = 0;
  for (int trial = 0; trial < trials; ++trial) {
    SharedHost host(random);
    const auto times = coin_ordered(host, random, 160);
    bool different = false;
    for (std::size_t pairs = 10; pairs <= 160 && !different; ++pairs) {
      different = excludes(paired_effect(std::span(times.base).first(pairs),
                                         std::span(times.now).first(pairs), stopping),
                           1);
    }
    flagged += different ? 1 : 0;
  }
  return static_cast<double>(flagged) / trials;
}

TEST(FalseAlarms, LookingAfterEveryPairIsSafeWithTheAnytimeIntervalOnly) {
  EXPECT_LE(flagged_while_looking(Stopping::anytime, 200), 0.05);
  EXPECT_GT(flagged_while_looking(Stopping::fixed, 200), 0.12);
}

// Why runs are interleaved: with all runs of one before all of the other the drift is taken for a
// difference, and no test of independent samples knows.
TEST(FalseAlarms, BlockAfterBlockIsCalledDifferentFarTooOften) {
  Random random(103);
  int different = 0;
  constexpr int trials = 400;
  for (int trial = 0; trial < trials; ++trial) {
    SharedHost host(random);
    Times times;
    for (int i = 0; i < 30; ++i) times.base.push_back(host.next_time());
    for (int i = 0; i < 30; ++i) times.now.push_back(host.next_time());
    different += excludes(unpaired_effect(times.base, times.now), 1) ? 1 : 0;
  }
  EXPECT_GT(different, trials * 20 / 100);
}

TEST(FalseAlarms, IndependentSamplesOfTheSameProgramAreCalledDifferentRarely) {
  Random random(104);
  int different = 0;
  constexpr int trials = 1000;
  for (int trial = 0; trial < trials; ++trial) {
    Times times;
    for (int i = 0; i < 30; ++i) times.base.push_back(1 + exponential(random));
    for (int i = 0; i < 40; ++i) times.now.push_back(1 + exponential(random));
    different += excludes(unpaired_effect(times.base, times.now), 1) ? 1 : 0;
  }
  EXPECT_LE(different, trials * 5 / 100);
}

TEST(Power, TenPercentIsFoundInThirtyPairs) {
  Random random(105);
  int found = 0;
  constexpr int trials = 500;
  for (int trial = 0; trial < trials; ++trial) {
    SharedHost host(random);
    const auto times = coin_ordered(host, random, 30, 1.1);
    found += paired_effect(times.base, times.now).low > 1 ? 1 : 0;
  }
  EXPECT_GE(found, trials * 85 / 100);
}

// How often a change of just what the typical comparison calls detectable is found.
template <typename Draw, typename Compare>
double power_at_detectable(Draw draw, Compare compare) {
  std::vector<double> detectable;
  for (int trial = 0; trial < 100; ++trial) detectable.push_back(compare(draw(1.0)).detectable);
  const double factor = 1 + median(detectable);
  int found = 0;
  constexpr int trials = 300;
  for (int trial = 0; trial < trials; ++trial) found += compare(draw(factor)).low > 1 ? 1 : 0;
  return static_cast<double>(found) / trials;
}

TEST(Power, TheDetectableChangeIsFoundFourTimesInFive) {
  Random random(106);
  for (const std::size_t pairs : {30U, 100U, 160U}) {
    const auto draw = [&](double factor) {
      SharedHost host(random);
      return coin_ordered(host, random, pairs, factor);
    };
    for (const auto stopping : {Stopping::fixed, Stopping::anytime}) {
      const double power = power_at_detectable(
          draw, [=](const Times& times) { return paired_effect(times.base, times.now, stopping); });
      EXPECT_GE(power, 0.65) << pairs << (stopping == Stopping::fixed ? " fixed" : " anytime");
      EXPECT_LE(power, 0.95) << pairs << (stopping == Stopping::fixed ? " fixed" : " anytime");
    }
  }
}

TEST(Power, TheDetectableChangeOfUnpairedSamplesIsFoundFourTimesInFive) {
  Random random(107);
  for (const std::size_t count : {20U, 60U, 200U}) {
    const auto draw = [&](double factor) {
      Times times;
      for (std::size_t i = 0; i < count; ++i) {
        times.base.push_back(std::exp(0.05 * normal(random)));
        times.now.push_back(std::exp(0.05 * normal(random)) * factor);
      }
      return times;
    };
    const double power = power_at_detectable(
        draw, [](const Times& times) { return unpaired_effect(times.base, times.now); });
    EXPECT_GE(power, 0.65) << count;
    EXPECT_LE(power, 0.95) << count;
  }
}

// tests/data/series: lines "start_us wall_us" below a heading, in the order of the runs.
std::vector<double> recorded(const std::string& name) {
  std::ifstream file(std::string(BYTEPATH_TEST_DATA) + "/series/" + name);
  std::string heading;
  std::getline(file, heading);
  std::vector<double> times;
  double start = 0;
  double wall = 0;
  while (file >> start >> wall) times.push_back(wall);
  return times;
}

class RecordedSeries : public testing::TestWithParam<const char*> {
 protected:
  // How many of `trials` comparisons of 30 pairs, cut from the series and ordered by coins, lie
  // above 1 or below.
  std::array<int, 2> flagged(std::uint64_t seed, int trials, double factor) const {
    Random random(seed);
    std::array<int, 2> sides{};
    for (int trial = 0; trial < trials; ++trial) {
      std::size_t run = random.below(runs_.size() - 59);
      Times times;
      for (int pair = 0; pair < 30; ++pair, run += 2) {
        add_pair(times, runs_[run], runs_[run + 1], random, factor);
      }
      const auto effect = paired_effect(times.base, times.now);
      sides[0] += effect.low > 1 ? 1 : 0;
      sides[1] += effect.high < 1 ? 1 : 0;
    }
    return sides;
  }

  std::vector<double> runs_ = recorded(GetParam());
};

TEST_P(RecordedSeries, IsWhole) { EXPECT_EQ(runs_.size(), 600U); }

TEST_P(RecordedSeries, RelabelledByCoinsIsCalledDifferentOnceInTwentyAtMost) {
  ASSERT_GE(runs_.size(), 60U);
  const auto [above, below] = flagged(108, 500, 1);
  EXPECT_LE(above + below, 37);  // Bin(500, 0.05) exceeds it in 1 of 100 cases
}

TEST_P(RecordedSeries, TenPercentAreFoundInThirtyPairs) {
  ASSERT_GE(runs_.size(), 60U);
  EXPECT_GE(flagged(109, 500, 1.1)[0], 500 * 85 / 100);
}

INSTANTIATE_TEST_SUITE_P(FalseAlarms, RecordedSeries,
                         testing::Values("busy-loop.tsv", "dynamic-start.tsv", "xz-9.tsv"));

}  // namespace
}  // namespace bytepath::stats
