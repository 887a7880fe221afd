#include "measure/clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>

// Relations only: what a clock says beside another, never how long something takes.
namespace bytepath::measure {
namespace {

const Clock& the_clock() {
  static const Clock clock = Clock::calibrate();
  return clock;
}

TEST(Clock, Ascends) {
  std::uint64_t last = the_clock().now();
  for (int i = 0; i < 10'000; ++i) {
    const std::uint64_t now = the_clock().now();
    ASSERT_GE(now, last);
    last = now;
  }
}

// Both clocks are read at both ends. What interrupts between the two readings of one end is seen by
// one of them only, so the best of a few attempts counts.
TEST(Clock, CountsNanosecondsAsTheSystemDoes) {
  using Steady = std::chrono::steady_clock;
  double nearest = 0;
  for (int attempt = 0; attempt < 10 && std::abs(nearest - 1) > 0.5; ++attempt) {
    const auto start = Steady::now();
    const auto from = the_clock().now();
    while (Steady::now() - start < std::chrono::milliseconds(5)) {
    }
    const auto to = the_clock().now();
    const std::chrono::duration<double, std::nano> elapsed = Steady::now() - start;
    nearest = the_clock().nanoseconds(from, to) / elapsed.count();
  }
  EXPECT_NEAR(nearest, 1, 0.5);
}

TEST(Clock, CostsLittle) {
  EXPECT_GE(the_clock().overhead_ns(), 0);
  EXPECT_LT(the_clock().overhead_ns(), 10'000);
}

TEST(Clock, SaysWhatItIs) {
  if (the_clock().counter_ghz() > 0) {
    EXPECT_EQ(the_clock().source(), "time-stamp counter");
    EXPECT_GT(the_clock().counter_ghz(), 0.2);
    EXPECT_LT(the_clock().counter_ghz(), 10);
  } else {
    EXPECT_EQ(the_clock().source(), "CLOCK_MONOTONIC");
  }
}

TEST(CoreClock, IsThatOfSomeProcessor) {
  double best = 0;
  for (int i = 0; i < 20; ++i) best = std::max(best, core_ghz(the_clock()));
  EXPECT_GT(best, 0.2);
  EXPECT_LT(best, 10);
}

}  // namespace
}  // namespace bytepath::measure
