#include "measure/arrivals.h"

#include <gtest/gtest.h>

#include <vector>

namespace bytepath::measure {
namespace {

using std::chrono::nanoseconds;

std::vector<double> gaps(Arrivals arrivals, int count) {
  std::vector<double> out;
  nanoseconds before = arrivals.next();
  for (int i = 0; i < count; ++i) {
    const nanoseconds at = arrivals.next();
    out.push_back(static_cast<double>((at - before).count()));
    before = at;
  }
  return out;
}

TEST(Arrivals, BeginAtNothingAndAreEven) {
  Arrivals arrivals(1000, Arrivals::Spacing::even, 1);
  EXPECT_EQ(arrivals.next(), nanoseconds(0));
  EXPECT_EQ(arrivals.next(), nanoseconds(1'000'000));
  for (int i = 0; i < 998; ++i) arrivals.next();
  EXPECT_EQ(arrivals.next(), nanoseconds(1'000'000'000)) << "no error adds up";
}

TEST(Arrivals, OfManyUsersComeAtTheirRateAndUnevenly) {
  const auto drawn = gaps(Arrivals(1000, Arrivals::Spacing::poisson, 3), 20'000);
  double sum = 0;
  int short_ones = 0;
  for (const double gap : drawn) {
    EXPECT_GE(gap, 0);
    sum += gap;
    short_ones += gap < 1e6 ? 1 : 0;
  }
  EXPECT_NEAR(sum / 20'000, 1e6, 3e4);
  EXPECT_NEAR(short_ones / 20'000.0, 0.632, 0.02) << "1 - 1/e of an exponential distribution";
}

TEST(Arrivals, AreTheSameForTheSameSeed) {
  const auto one = gaps(Arrivals(5, Arrivals::Spacing::poisson, 9), 100);
  EXPECT_EQ(one, gaps(Arrivals(5, Arrivals::Spacing::poisson, 9), 100));
  EXPECT_NE(one, gaps(Arrivals(5, Arrivals::Spacing::poisson, 10), 100));
}

}  // namespace
}  // namespace bytepath::measure
