#include "report/axis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace bytepath::report {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::Ge;
using testing::Le;
using testing::SizeIs;

TEST(Axis, PlacesValuesBetweenItsEnds) {
  const Axis linear{.low = 0, .high = 10};
  EXPECT_DOUBLE_EQ(linear.position(5), 0.5);
  EXPECT_DOUBLE_EQ(linear.position(99), 1);
  const Axis log{.low = 1, .high = 100, .log = true};
  EXPECT_DOUBLE_EQ(log.position(10), 0.5);
  EXPECT_TRUE(std::isnan(log.position(0)));
  EXPECT_TRUE(std::isnan(log.position(NAN)));
  EXPECT_TRUE(std::isnan(linear.position(INFINITY)));
}

TEST(Axis, SpansTheFiniteValues) {
  const Axis axis = axis_over({NAN, 2, 8, INFINITY}, false, false);
  EXPECT_EQ(axis.low, 2);
  EXPECT_EQ(axis.high, 8);
  EXPECT_EQ(axis_over({2, 8}, false, true).low, 0);
  EXPECT_EQ(axis_over({-2, 8}, false, true).low, -2);
}

TEST(Axis, HasAPlaceForZeroADecadeBelowTheLogarithm) {
  const Axis axis = axis_over({0, 1e5, 3e7}, true, false);
  EXPECT_TRUE(axis.log);
  EXPECT_EQ(axis.position(0), 0);
  EXPECT_EQ(axis.position(3e7), 1);
  EXPECT_NEAR(axis.position(1e5), axis.position(1e6) - axis.position(1e5), 0.02);
  EXPECT_TRUE(std::isnan(axis.position(-1)));
  EXPECT_THAT(ticks(axis, 6, "ns"), ElementsAre(0, 1e5, 1e6, 1e7));
  EXPECT_THAT(ticks(axis, 3, "ns"), ElementsAre(0, 1e6, 1e7));
  EXPECT_THAT(ticks(axis_over({0, 5}, true, false), 6, ""), ElementsAre(0, 5));
  // As far apart as a double goes.
  const Axis all = axis_over({0, 5e-324, 1e308}, true, false);
  EXPECT_GT(all.position(5e-324), 0);
  EXPECT_LT(all.position(1), all.position(1e300));
}

TEST(Axis, LeavesOutWhatALogarithmHasNot) {
  const Axis axis = axis_over({-1, 2, 8}, true, true);
  EXPECT_TRUE(axis.log);
  EXPECT_EQ(axis.low, 2);
  EXPECT_FALSE(axis_over({-1, 0}, true, false).log);
}

TEST(Axis, IsNeverEmpty) {
  for (const bool log : {false, true}) {
    for (const auto& values : {std::vector<double>{}, {5.0}, {0.0}, {NAN}, {-3.0, -3.0}}) {
      const Axis axis = axis_over(values, log, false);
      EXPECT_LT(axis.low, axis.high);
    }
  }
}

TEST(Ticks, AreRound) {
  EXPECT_THAT(ticks({.low = 0, .high = 100}, 6, ""), ElementsAre(0, 20, 40, 60, 80, 100));
  EXPECT_THAT(ticks({.low = 0, .high = 4096}, 5, "B"), ElementsAre(0, 1024, 2048, 3072, 4096));
  EXPECT_THAT(ticks({.low = 1, .high = 1000, .log = true}, 6, ""), ElementsAre(1, 10, 100, 1000));
  EXPECT_THAT(ticks({.low = 40, .high = 600, .log = true}, 6, "ns"),
              ElementsAre(50, 100, 200, 500));
  EXPECT_THAT(ticks({.low = 64, .high = 1U << 20U, .log = true}, 6, "B"),
              ElementsAre(256, 4096, 65536, 1U << 20U));
}

TEST(Ticks, StayWithinTheAxisAndTheCount) {
  for (const double high : {1e-9, 0.3, 7.0, 1e6, 3e17}) {
    for (const bool log : {false, true}) {
      const Axis axis{.low = high / 1e5, .high = high, .log = log};
      for (const char* unit : {"", "B", "ns"}) {
        const auto found = ticks(axis, 5, unit);
        EXPECT_THAT(found, SizeIs(Le(5U)));
        EXPECT_THAT(found, SizeIs(Ge(1U))) << high << log << unit;
        EXPECT_THAT(found, Each(Ge(axis.low * 0.999)));
        EXPECT_THAT(found, Each(Le(high * 1.001)));
      }
    }
  }
}

// The power of ten below the least double is 0, and stays it.
TEST(Ticks, EndForTheLeastDoubles) {
  const Axis axis{.low = 5e-324, .high = 1e-322, .log = true};
  EXPECT_THAT(ticks(axis, 6, ""), SizeIs(Le(6U)));
}

TEST(Ticks, ShowScaledUnitsOnly) {
  EXPECT_EQ(format_tick(4096, "B"), "4 KiB");
  EXPECT_EQ(format_tick(1500, "ns"), "1.5 us");
  EXPECT_EQ(format_tick(20, "GB/s"), "20");
  EXPECT_EQ(format_tick(2, "ratio"), "2x");
  EXPECT_EQ(axis_title("speed", "GB/s"), "speed [GB/s]");
  EXPECT_EQ(axis_title("size", "B"), "size");
}

}  // namespace
}  // namespace bytepath::report
