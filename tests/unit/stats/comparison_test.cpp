#include "stats/comparison.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include "stats/random.h"
#include "unit/stats/noise.h"

namespace bytepath::stats {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

TEST(AnytimeMedianRank, EqualsTheExactRanks) {
  EXPECT_EQ(anytime_median_rank(10), 0U);
  EXPECT_EQ(anytime_median_rank(20), 3U);
  EXPECT_EQ(anytime_median_rank(40), 10U);
  EXPECT_EQ(anytime_median_rank(80), 27U);
  EXPECT_EQ(anytime_median_rank(160), 61U);
  EXPECT_EQ(anytime_median_rank(320), 133U);
  EXPECT_EQ(anytime_median_rank(640), 281U);
  EXPECT_EQ(anytime_median_rank(2000), 927U);
}

TEST(PairedEffect, CancelsWhatHitsBothAndCountsTies) {
  // Ratios, sorted: 1 1 1.1 1.2 1.3 1.4 1.5 1.6 2; of 9 the second and the eighth hold the median.
  const std::array base = {1.0, 10.0, 100.0, 1.0, 10.0, 100.0, 1.0, 10.0, 100.0, 1.0, 7.0};
  const std::array now = {1.0, 10.0, 110.0, 1.2, 13.0, 140.0, 1.5, 16.0, 200.0, 0.0};
  const auto effect = paired_effect(base, now);
  EXPECT_EQ(effect.count, 9U);
  EXPECT_EQ(effect.ties, 2U);
  EXPECT_EQ(effect.left_out, 1U);  // the eleventh has no other half and is no pair
  EXPECT_EQ(effect.ratio, 1.3);
  EXPECT_EQ(effect.low, 1);
  EXPECT_EQ(effect.high, 1.6);
  // |log(r / 1.3)|: 0 .074 .080 .143 .167 .208 .262 .262 .431
  EXPECT_NEAR(effect.spread, 1.4826 * std::log(1.3 / 1.1), 1e-12);
  EXPECT_NEAR(effect.detectable, 3.5 * effect.spread / 3, 1e-12);
}

TEST(PairedEffect, SwappedIsOneOver) {
  const std::array base = {1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0};
  const std::array now = {2.0, 3.0, 3.0, 5.0, 9.0, 6.5, 9.0, 7.0};
  const auto effect = paired_effect(base, now);
  const auto swapped = paired_effect(now, base);
  EXPECT_NEAR(effect.ratio * swapped.ratio, 1, 1e-12);
  EXPECT_NEAR(effect.low * swapped.high, 1, 1e-12);
  EXPECT_NEAR(effect.spread, swapped.spread, 1e-12);
}

TEST(PairedEffect, TooFewPairsHaveNoInterval) {
  const std::array five = {1.0, 1.0, 1.0, 1.0, 1.0};
  const auto effect = paired_effect(five, five);
  EXPECT_EQ(effect.ratio, 1);
  EXPECT_EQ(effect.low, 0);
  EXPECT_EQ(effect.high, infinity);
  EXPECT_EQ(effect.detectable, infinity);
  const std::vector<double> ten(10, 1.0);
  EXPECT_EQ(paired_effect(ten, ten).detectable, 0);
  EXPECT_EQ(paired_effect(ten, ten, Stopping::anytime).detectable, infinity);
  EXPECT_EQ(paired_effect(ten, ten).high, 1);
  EXPECT_EQ(paired_effect(ten, ten, Stopping::anytime).high, infinity);
  const auto none = paired_effect({}, five);
  EXPECT_TRUE(std::isnan(none.ratio));
  EXPECT_EQ(none.count, 0U);
  EXPECT_EQ(none.high, infinity);
  EXPECT_EQ(none.detectable, infinity);
}

TEST(UnpairedEffect, DividesTheEndsOfTheMediansIntervals) {
  // Of 9 values the second and the eighth hold the median with 96.1 %, the extremes with 99.6 %.
  const std::array base = {9.0, 1.0, 3.0, 2.0, 5.0, 4.0, 8.0, 7.0, 6.0, -1.0};
  const std::array now = {20., 30., 40., 50., 60., 70., 80., 90., 10., nan, 0.};
  const auto effect = unpaired_effect(base, now);  // 97.5 % a side
  EXPECT_EQ(effect.count, 9U);
  EXPECT_EQ(effect.left_out, 3U);
  EXPECT_EQ(effect.ratio, 10);
  EXPECT_EQ(effect.low, 10.0 / 9);
  EXPECT_EQ(effect.high, 90);
  const auto narrower = unpaired_effect(base, now, 0.08);
  EXPECT_EQ(narrower.low, 20.0 / 8);
  EXPECT_EQ(narrower.high, 80.0 / 2);
}

TEST(UnpairedEffect, ASideOfOneNumberSixTimesIsExact) {
  const std::vector<double> base(6, 100.0);
  const std::vector<double> now(6, 101.0);
  const auto counts = unpaired_effect(base, now);
  EXPECT_EQ(counts.low, 1.01);
  EXPECT_EQ(counts.high, 1.01);
  EXPECT_EQ(counts.detectable, 0);
  EXPECT_EQ(unpaired_above(base, now, 1), 0);
  EXPECT_EQ(unpaired_above(base, now, 1.01), 1);
  EXPECT_TRUE(std::isnan(unpaired_effect({}, now).ratio));
}

TEST(UnpairedEffect, FewerEqualNumbersAreNotAndNorAreThoseOfWhichOneWasLeftOut) {
  const std::vector<double> six(6, 100.0);
  const std::vector<double> five(5, 101.0);
  for (const auto& effect : {unpaired_effect(six, five), unpaired_effect(five, six)}) {
    EXPECT_EQ(effect.low, 0);
    EXPECT_EQ(effect.high, infinity);
    EXPECT_EQ(effect.detectable, infinity);
  }
  EXPECT_GT(unpaired_above(six, five, 1), 0.05);
  const std::array one_left_out = {101., 101., 101., 101., 101., 101., 0.};
  EXPECT_EQ(unpaired_effect(six, one_left_out).high, infinity);
}

// --- p and interval are one statement ---

struct Agreement {
  std::function<Effect(double)> effect;  // at an alpha
  std::function<double(double)> above;   // p of a threshold
  std::function<double(double)> below;
};

void expect_same_statement(double p, const std::function<bool(double)>& beyond, Random& random) {
  ASSERT_GE(p, 0);
  ASSERT_LE(p, 1);
  const double just_below_one = std::nextafter(1.0, 0.0);
  if (p < 1) {
    EXPECT_TRUE(beyond(p)) << p;
  }
  if (p > 0) {
    EXPECT_FALSE(beyond(std::min(just_below_one, std::nextafter(p, 0.0)))) << p;
  }
  for (const double alpha : {0.001, 0.01, 0.05, 0.3, just_below_one, uniform(random)}) {
    EXPECT_EQ(p <= alpha, beyond(alpha)) << p << " at " << alpha;
  }
}

void expect_agreement(const Agreement& compared, double threshold, Random& random) {
  expect_same_statement(
      compared.above(threshold),
      [&](double alpha) { return compared.effect(alpha).low > threshold; }, random);
  expect_same_statement(
      compared.below(threshold),
      [&](double alpha) { return compared.effect(alpha).high < threshold; }, random);
}

// Whole numbers from 10 to 10 + range: a narrow one makes ties, also with the threshold.
std::vector<double> whole_numbers(Random& random, std::size_t count, std::uint64_t range) {
  std::vector<double> values;
  for (std::size_t i = 0; i < count; ++i) {
    values.push_back(static_cast<double>(10 + random.below(range)));
  }
  return values;
}

double any_threshold(Random& random, const std::vector<double>& base,
                     const std::vector<double>& now) {
  constexpr std::array usual = {0.5, 1 / 1.05, 1.0, 1.02, 2.0};
  if (base.empty() || now.empty() || random.below(2) == 0) return usual.at(random.below(5));
  return now[random.below(now.size())] / base[random.below(base.size())];
}

TEST(PairedPValues, AgreeWithTheIntervalAtEveryAlpha) {
  Random random(21);
  for (int trial = 0; trial < 600; ++trial) {
    const std::size_t count = trial % 20 == 0 ? 400 : random.below(45);
    const std::uint64_t range = trial % 3 == 0 ? 2 : 12;
    const auto base = whole_numbers(random, count, range);
    auto now = whole_numbers(random, count, range);
    for (double& value : now) value += static_cast<double>(trial % 5) * 2 - 4;
    for (const auto stopping : {Stopping::fixed, Stopping::anytime}) {
      const Agreement compared{
          .effect = [&](double alpha) { return paired_effect(base, now, stopping, alpha); },
          .above = [&](double at) { return paired_above(base, now, at, stopping); },
          .below = [&](double at) { return paired_below(base, now, at, stopping); }};
      expect_agreement(compared, any_threshold(random, base, now), random);
      if (HasFailure()) FAIL() << "in trial " << trial;
    }
  }
}

TEST(UnpairedPValues, AgreeWithTheIntervalAtEveryAlpha) {
  Random random(22);
  for (int trial = 0; trial < 600; ++trial) {
    const std::uint64_t range = trial % 3 == 0 ? 2 : 12;
    const auto base = whole_numbers(random, random.below(45), trial % 7 == 0 ? 1 : range);
    auto now = whole_numbers(random, random.below(45), range);
    for (double& value : now) value += static_cast<double>(trial % 5) * 3 - 6;
    const Agreement compared{
        .effect = [&](double alpha) { return unpaired_effect(base, now, alpha); },
        .above = [&](double at) { return unpaired_above(base, now, at); },
        .below = [&](double at) { return unpaired_below(base, now, at); }};
    expect_agreement(compared, any_threshold(random, base, now), random);
    if (HasFailure()) FAIL() << "in trial " << trial;
  }
}

TEST(PairedPValues, AreTheSignTestsAndWhatEqualsTheThresholdCountsAgainst) {
  const std::array base = {100.0, 100.0, 100.0, 100.0, 100.0, 100.0, 100.0};
  const std::array now = {105.0, 106.0, 107.0, 108.0, 109.0, 110.0, 111.0};
  EXPECT_EQ(paired_above(base, now, 1.04), 2.0 / 128);
  EXPECT_EQ(paired_above(base, now, 1.05), 16.0 / 128);  // 105 / 100 is not above
  EXPECT_EQ(paired_below(base, now, 1.11), 16.0 / 128);
  EXPECT_EQ(paired_below(base, now, 1.04), 1);
  EXPECT_EQ(paired_above(base, now, nan), 1);
  EXPECT_EQ(paired_above({}, now, 1), 1);
  EXPECT_EQ(unpaired_above({}, now, 1), 1);
}

TEST(PairedPValues, AMillionPairsAreNoTrouble) {
  std::vector<double> now(1000000, 2.0);
  std::fill(now.begin(), now.begin() + 499000, 1.0);
  const std::vector<double> base(now.size(), 1.0);
  EXPECT_NEAR(paired_above(base, now, 1), 0.04560829986538206, 1e-14);
}

// --- several benchmarks at once ---

TEST(HolmAdjusted, EqualsTheTextbookAndKeepsTheOrder) {
  const auto adjusted = holm_adjusted(std::array{0.01, 0.04, 0.03, 0.005});
  EXPECT_DOUBLE_EQ(adjusted[0], 0.03);
  EXPECT_DOUBLE_EQ(adjusted[1], 0.06);
  EXPECT_DOUBLE_EQ(adjusted[2], 0.06);
  EXPECT_DOUBLE_EQ(adjusted[3], 0.02);
  EXPECT_EQ(holm_adjusted(std::array{0.9, 0.8}), (std::vector{1.0, 1.0}));
  EXPECT_EQ(holm_adjusted(std::array{0.2}), std::vector{0.2});
  EXPECT_EQ(holm_adjusted(std::array{nan, 0.01}), (std::vector{1.0, 0.02}));
  EXPECT_TRUE(holm_adjusted({}).empty());
}

TEST(Classify, ComparesTheIntervalWithTheMargin) {
  const auto change = [](double low, double high, double margin) {
    return classify({.count = 30, .low = low, .high = high}, margin);
  };
  EXPECT_EQ(change(1.06, 1.2, 0.05), Change::regression);
  EXPECT_EQ(change(1.05, 1.2, 0.05), Change::inconclusive);  // not above the margin
  EXPECT_EQ(change(0.8, 0.95, 0.05), Change::improvement);   // 1 / 1.05 is 0.952
  EXPECT_EQ(change(0.8, 0.955, 0.05), Change::inconclusive);
  EXPECT_EQ(change(1 / 1.05, 1.05, 0.05), Change::equivalent);
  EXPECT_EQ(change(0, infinity, 0.05), Change::inconclusive);
  EXPECT_EQ(change(1, 1, 0), Change::equivalent);
  EXPECT_EQ(change(1, 1.001, 0), Change::inconclusive);
  EXPECT_EQ(classify(Effect{}, 0.05), Change::inconclusive);  // nothing was compared
}

}  // namespace
}  // namespace bytepath::stats
