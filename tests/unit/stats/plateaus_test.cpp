#include "stats/plateaus.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "stats/monotone.h"
#include "stats/normal.h"
#include "stats/order.h"

namespace bytepath::stats {
namespace {

// 12 sizes to an octave from 4 KiB to 128 MiB.
std::vector<double> sizes() {
  std::vector<double> out;
  for (int i = 0; i <= 180; ++i) out.push_back(4096 * std::exp2(i / 12.0));
  return out;
}

struct Truth {
  std::vector<double> levels;
  std::vector<double> knees;
  std::vector<double> widths;  // of each way up, in octaves
};

// Three or four tiers as CPUs have them, with steps of 2 to 12 times.
Truth draw_truth(Random& random) {
  const auto between = [&](double low, double high) {
    return low * std::pow(high / low, uniform(random));
  };
  Truth truth;
  const bool three_caches = random.below(4) != 0;
  truth.levels = {between(0.8, 1.6)};
  truth.knees = {between(28e3, 70e3), between(400e3, 2.5e6)};
  if (three_caches) truth.knees.push_back(between(7e6, 26e6));
  for (std::size_t i = 0; i < truth.knees.size(); ++i) {
    truth.levels.push_back(truth.levels.back() * between(2, i + 1 == truth.knees.size() ? 12 : 4));
    truth.widths.push_back(between(0.02, 0.5));
  }
  return truth;
}

double latency(const Truth& truth, double size) {
  double log = std::log(truth.levels[0]);
  for (std::size_t i = 0; i < truth.knees.size(); ++i) {
    const double octaves = std::log2(size / truth.knees[i]) / truth.widths[i];
    log += std::log(truth.levels[i + 1] / truth.levels[i]) / (1 + std::exp(-8 * octaves));
  }
  return std::exp(log);
}

// Eight rounds over all sizes with 10 % noise; the machine slows down by up to a fifth on the way,
// and bursts of somebody else make stretches of a round slower by half to four times.
std::vector<double> measured(const Truth& truth, const std::vector<double>& x, Random& random) {
  constexpr int rounds = 8;
  const double drift = 0.2 * uniform(random);
  std::vector<std::vector<double>> samples(x.size());
  for (int round = 0; round < rounds; ++round) {
    const std::size_t burst = random.below(2 * x.size());
    const double slower = 1.5 + 2.5 * uniform(random);
    for (std::size_t i = 0; i < x.size(); ++i) {
      double ns = latency(truth, x[i]) * std::exp(0.1 * normal(random));
      ns *= 1 + drift * round / rounds;
      if (i >= burst && i < burst + 15) ns *= slower;
      samples[i].push_back(ns);
    }
  }
  std::vector<double> out;
  for (const auto& each : samples) out.push_back(median(each));
  return out;
}

void expect_truth(const std::vector<Plateau>& found, const Truth& truth, std::uint64_t seed) {
  ASSERT_EQ(found.size(), truth.levels.size()) << "seed " << seed;
  for (std::size_t i = 0; i < truth.knees.size(); ++i) {
    EXPECT_NEAR(*found[i].knee / truth.knees[i], 1, 0.1) << "seed " << seed << " knee " << i;
    EXPECT_NEAR(found[i].level / truth.levels[i], 1.1, 0.2) << "seed " << seed;
  }
  EXPECT_FALSE(found.back().knee.has_value());
}

TEST(Plateaus, OfAThousandNoisyStaircasesAreFound) {
  const auto x = sizes();
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
    Random random(seed);
    const Truth truth = draw_truth(random);
    const auto values = measured(truth, x, random);
    expect_truth(find_plateaus(x, values, {.expected = truth.levels.size()}), truth, seed);
    if (testing::Test::HasFailure()) return;
  }
}

// A hypervisor that hides a level of cache, or tells of one that is not there.
TEST(Plateaus, AreAsManyAsThereAreWhateverIsExpected) {
  const auto x = sizes();
  int right = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Random random(seed);
    const Truth truth = draw_truth(random);
    const auto values = measured(truth, x, random);
    for (const std::size_t expected :
         {std::size_t{0}, truth.levels.size() - 1, truth.levels.size() + 1})
      right +=
          find_plateaus(x, values, {.expected = expected}).size() == truth.levels.size() ? 1 : 0;
  }
  EXPECT_GE(right, 570) << "of 600";
}

// One value a size, with 10 % noise, as a single pass has it.
TEST(Plateaus, OfASinglePassAreFoundToo) {
  const auto x = sizes();
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Random random(seed);
    Truth truth = draw_truth(random);
    std::vector<double> values;
    for (const double size : x)
      values.push_back(latency(truth, size) * std::exp(0.1 * normal(random)));
    EXPECT_EQ(find_plateaus(x, values, {.expected = truth.levels.size()}).size(),
              truth.levels.size())
        << seed;
  }
}

TEST(Plateaus, OfACurveThatIsFlatAreOne) {
  const auto x = sizes();
  const std::vector<double> flat(x.size(), 5.0);
  const auto found = find_plateaus(x, flat);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].level, 5);
  EXPECT_FALSE(found[0].knee.has_value());
}

TEST(Plateaus, OfTooFewPointsAreNone) {
  const std::vector<double> two{1, 2};
  EXPECT_TRUE(find_plateaus(two, two).empty());
  const std::vector<double> three{1, 2, 3};
  EXPECT_TRUE(find_plateaus(three, two).empty()) << "not as many";
}

TEST(NearestRising, NeverFallsAndKeepsWhatRises) {
  const std::vector<double> rises{1, 2, 2, 5};
  EXPECT_EQ(nearest_rising(rises), rises);
  const std::vector<double> noisy{1, 3, 2, 5, 4, 3};
  EXPECT_EQ(nearest_rising(noisy), (std::vector<double>{1, 2.5, 2.5, 4, 4, 4}));
  EXPECT_TRUE(nearest_rising({}).empty());
}

}  // namespace
}  // namespace bytepath::stats
