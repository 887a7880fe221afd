#include "copies/loss_curve.h"

#include <gtest/gtest.h>

namespace bytepath::copies {
namespace {

// Zen 4 as it was measured: rep movsb at d = 1..15, in the first-level cache and in memory.
LossCurve zen4() {
  return LossCurve({{.band = 1, .size = 4096, .ratio = 25, .low = 24, .high = 26},
                    {.band = 1, .size = 1 << 20, .ratio = 14, .low = 13, .high = 15},
                    {.band = 1, .size = 16 << 20, .ratio = 6, .low = 5, .high = 7},
                    {.band = 3, .size = 4096, .ratio = 1.1, .low = 1, .high = 1.2}});
}

TEST(LossCurve, TakesTheNearestSizeAndTheLeastOfTheLargerOnes) {
  const auto small = zen4().find(1, 1, 2000);
  ASSERT_TRUE(small);
  EXPECT_EQ(small->ratio, 25);
  EXPECT_EQ(small->least, 6);
  EXPECT_EQ(zen4().find(1, 1, 700'000)->ratio, 14);
  EXPECT_EQ(zen4().find(1, 1, std::uint64_t{1} << 40)->least, 6);
  EXPECT_EQ(zen4().find(1, 1, 0)->ratio, 25);
}

TEST(LossCurve, GivesNothingForWhatWasNotMeasured) {
  EXPECT_FALSE(zen4().find(8, 1, 4096));
  EXPECT_FALSE(zen4().find(1, 4, 4096));
  EXPECT_FALSE(LossCurve().find(1, 1, 4096));
}

TEST(LossCurve, ABandThatIsNotSlowLosesNothing) {
  EXPECT_EQ(zen4().find(1, 3, 4096)->ratio, 1);
  EXPECT_EQ(zen4().worst(1, 3), 1.1);
  // A ratio whose interval reaches down to the ordinary is no evidence.
  const LossCurve unsure({{.band = 1, .size = 4096, .ratio = 3, .low = 1.1, .high = 9}});
  EXPECT_EQ(unsure.find(1, 1, 4096)->ratio, 1);
}

TEST(LossCurve, LostIsWhatAnotherDistanceWouldNotTake) {
  EXPECT_DOUBLE_EQ(lost_share(4), 0.75);
  EXPECT_EQ(lost_share(1), 0);
  EXPECT_EQ(lost_share(0.5), 0);
}

TEST(InstructionName, IsTheMnemonic) {
  EXPECT_EQ(instruction_name(1), "rep movsb");
  EXPECT_EQ(instruction_name(8), "rep movsq");
}

}  // namespace
}  // namespace bytepath::copies
