#include "stats/sign_test.h"

#include <gtest/gtest.h>

#include <cmath>

namespace bytepath::stats {
namespace {

// Expected values by exact rational arithmetic.
TEST(SignTest, FixedGivesTheBinomialTail) {
  EXPECT_DOUBLE_EQ(SignTest::fixed(7).p_value(1), 0.125);
  EXPECT_DOUBLE_EQ(SignTest::fixed(30).p_value(8), 0.016124801710247993);
  const auto close = [](double value, double exact) {
    EXPECT_NEAR(value / exact, 1, 1e-13) << exact;
  };
  close(SignTest::fixed(1000).p_value(400), 2.7284641560660184e-10);
  close(SignTest::fixed(1001).p_value(450), 0.001561138839699202);
  close(SignTest::fixed(10000).p_value(4900), 0.04658552770494739);
  close(SignTest::fixed(1000000).p_value(499000), 0.04560829986538206);
  close(SignTest::fixed(1000000).p_value(490000), 5.544363287699225e-89);
}

TEST(SignTest, AnytimeGivesTheMixturesLikelihoodRatio) {
  const auto close = [](double value, double exact) {
    EXPECT_NEAR(value / exact, 1, 1e-13) << exact;
  };
  close(SignTest::anytime(20).p_value(2), 0.048448250510475854);
  close(SignTest::anytime(21).p_value(1), 0.013126373291015625);
  close(SignTest::anytime(1000).p_value(400), 1.9036410984197222e-08);
  close(SignTest::anytime(1501).p_value(700), 0.307266651335046);
}

TEST(SignTest, HalfAndMoreOnOneSideSaysNothing) {
  for (const std::size_t n : {0U, 1U, 2U, 7U, 10U, 5000U}) {
    EXPECT_EQ(SignTest::fixed(n).p_value((n + 1) / 2), 1) << n;
    EXPECT_EQ(SignTest::fixed(n).p_value(n), 1) << n;
    EXPECT_EQ(SignTest::anytime(n).p_value(n / 2), 1) << n;
  }
  EXPECT_EQ(SignTest::fixed(7).p_value(3), 1);
}

TEST(SignTest, WhatNoDoubleHoldsIsZero) {
  EXPECT_EQ(SignTest::fixed(5000).p_value(0), 0);
  EXPECT_EQ(SignTest::anytime(5000).p_value(0), 0);
  EXPECT_GT(SignTest::fixed(1000).p_value(0), 0);
}

TEST(SignTest, RankCountsThePValuesUpToAlpha) {
  for (const std::size_t n : {1U, 6U, 31U, 200U, 1500U, 4001U}) {
    for (const auto& test : {SignTest::fixed(n), SignTest::anytime(n)}) {
      for (const double alpha : {1e-300, 1e-6, 0.05, 0.5}) {
        const std::size_t rank = test.rank(alpha);
        if (rank > 0) {
          EXPECT_LE(test.p_value(rank - 1), alpha) << n;
        }
        EXPECT_GT(test.p_value(rank), alpha) << n;
      }
      const double p = test.p_value(n / 3);
      if (p < 1) {
        EXPECT_EQ(test.rank(p), n / 3 + 1) << n;
      }
    }
  }
}

}  // namespace
}  // namespace bytepath::stats
