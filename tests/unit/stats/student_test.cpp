#include "stats/student.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace bytepath::stats {
namespace {

// NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2: upper critical values.
TEST(Student, AgreesWithTheTable) {
  EXPECT_NEAR(student_two_sided(12.706, 1), 0.05, 1e-5);
  EXPECT_NEAR(student_two_sided(4.303, 2), 0.05, 1e-4);
  EXPECT_NEAR(student_two_sided(2.447, 6), 0.05, 1e-4);
  EXPECT_NEAR(student_two_sided(5.208, 6), 0.002, 1e-5);
  EXPECT_NEAR(student_two_sided(1.984, 100), 0.05, 1e-4);
}

TEST(Student, HasItsClosedForms) {
  for (const double t : {0.1, 1.0, 7.0, 1e4}) {
    EXPECT_NEAR(student_two_sided(t, 1) / (1 - 2 * std::atan(t) / M_PI), 1, 1e-6);  // Cauchy
    EXPECT_NEAR(student_two_sided(t, 2) / (1 - t / std::sqrt(2 + t * t)), 1, 1e-6);
  }
}

TEST(Student, IsEvenAndFallsWithTheDistance) {
  EXPECT_EQ(student_two_sided(0, 3.5), 1);
  EXPECT_EQ(student_two_sided(-2, 3.5), student_two_sided(2, 3.5));
  double last = 1;
  for (double t = 0.01; t < 1e6; t *= 1.5) {
    const double p = student_two_sided(t, 2.59);
    EXPECT_LT(p, last);
    last = p;
  }
  EXPECT_GT(last, 0);
}

TEST(Student, KnowsItsLimits) {
  EXPECT_EQ(student_two_sided(std::numeric_limits<double>::infinity(), 3), 0);
  EXPECT_TRUE(std::isnan(student_two_sided(std::nan(""), 3)));
  EXPECT_TRUE(std::isnan(student_two_sided(1, 0)));
}

}  // namespace
}  // namespace bytepath::stats
