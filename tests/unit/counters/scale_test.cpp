#include "counters/scale.h"

#include <gtest/gtest.h>

#include <cmath>

namespace bytepath::counters {
namespace {

TEST(Scale, LeavesWhatCountedAllTheTimeAsItIs) {
  const Reading reading = scale(12345, 1000, 1000);
  EXPECT_EQ(reading.value, 12345);
  EXPECT_EQ(reading.running, 1);
  EXPECT_EQ(scale(12345, 1000, 1001).value, 12345);  // clock steps of the kernel's two sums
}

TEST(Scale, ExtrapolatesWhatWasMultiplexed) {
  const Reading reading = scale(300, 4000, 1000);
  EXPECT_EQ(reading.value, 1200);
  EXPECT_EQ(reading.running, 0.25);
}

TEST(Scale, TellsNeverEnabledFromNeverOnACounter) {
  EXPECT_EQ(scale(0, 0, 0).value, 0);
  EXPECT_EQ(scale(0, 0, 0).running, 1);
  EXPECT_TRUE(std::isnan(scale(0, 1000, 0).value));
  EXPECT_EQ(scale(0, 1000, 0).running, 0);
}

}  // namespace
}  // namespace bytepath::counters
