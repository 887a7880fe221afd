#include "faults/touch_curve.h"

#include <gtest/gtest.h>

namespace bytepath::faults {
namespace {

constexpr std::uint64_t ms = 1'000'000;

TEST(TouchCurve, GrowsFromTheFirstEvent) {
  TouchCurve curve;
  curve.add(500 * ms, 4096);
  curve.add(500 * ms + 10, 4096);
  curve.add(502 * ms, 8192);
  const auto steps = curve.steps();
  ASSERT_EQ(steps.size(), 3U);
  EXPECT_EQ(steps[0].bytes, 8192U);
  EXPECT_EQ(steps[1].bytes, 8192U);
  EXPECT_EQ(steps[2].bytes, 16384U);
  EXPECT_DOUBLE_EQ(steps[0].seconds, 0.001);
}

TEST(TouchCurve, TakesLongerStepsForALongRunAndLosesNothing) {
  TouchCurve curve;
  for (std::uint64_t i = 0; i < 10'000; ++i) curve.add(i * ms, 1);
  const auto steps = curve.steps();
  EXPECT_LE(steps.size(), 256U);
  EXPECT_GT(steps.size(), 100U);
  EXPECT_EQ(steps.back().bytes, 10'000U);
  for (const auto& step : steps) {
    // So many events lie before its end: one a millisecond.
    EXPECT_EQ(step.bytes, std::min<std::uint64_t>(
                              10'000, static_cast<std::uint64_t>(step.seconds * 1000 + 0.5)));
  }
}

TEST(TouchCurve, TakesAnEventBeforeTheFirstAsTheFirst) {
  TouchCurve curve;
  curve.add(5 * ms, 1);
  curve.add(4 * ms, 1);
  ASSERT_EQ(curve.steps().size(), 1U);
  EXPECT_EQ(curve.steps()[0].bytes, 2U);
}

TEST(TouchCurve, OfNothingIsEmpty) { EXPECT_TRUE(TouchCurve().steps().empty()); }

}  // namespace
}  // namespace bytepath::faults
