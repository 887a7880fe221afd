#include "copy/size_window.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bytepath::copy {
namespace {

using testing::ElementsAre;

std::vector<SizeRatio> ratios(const std::vector<double>& medians) {
  std::vector<SizeRatio> out;
  std::uint64_t size = 64;
  for (const double median : medians) {
    out.push_back({.size = size, .ratio = {.count = 1, .median = median}, .samples = {median}});
    size *= 2;
  }
  return out;
}

TEST(SlowWindow, IsTheStretchThatIsSlow) {
  const auto window = slow_window(ratios({1, 1.1, 20, 25, 18, 1.2, 1}));
  ASSERT_TRUE(window);
  EXPECT_EQ(window->first, 256U);
  EXPECT_EQ(window->last, 1024U);
  EXPECT_FALSE(window->open_below);
  EXPECT_FALSE(window->open_above);
}

TEST(SlowWindow, IsOpenWhereTheMeasuredSizesEnd) {
  const auto below = slow_window(ratios({20, 25, 1}));
  ASSERT_TRUE(below);
  EXPECT_TRUE(below->open_below);
  EXPECT_FALSE(below->open_above);
  EXPECT_EQ(below->last, 128U);
  const auto above = slow_window(ratios({1, 25, 20}));
  ASSERT_TRUE(above);
  EXPECT_FALSE(above->open_below);
  EXPECT_TRUE(above->open_above);
  EXPECT_EQ(above->first, 128U);
  const auto both = slow_window(ratios({25}));
  ASSERT_TRUE(both);
  EXPECT_TRUE(both->open_below && both->open_above);
}

TEST(SlowWindow, IsNoneWhenNoSizeIsSlow) {
  EXPECT_FALSE(slow_window(ratios({1, 1.49, 1})));
  EXPECT_FALSE(slow_window({}));
  EXPECT_TRUE(slow_window(ratios({1, 1.5, 1})));
}

TEST(SlowWindow, OfTwoIsTheOneAroundTheWorstSize) {
  const auto window = slow_window(ratios({1, 5, 6, 1, 1, 30, 2, 1}));
  ASSERT_TRUE(window);
  EXPECT_EQ(window->first, 2048U);
  EXPECT_EQ(window->last, 4096U);
  EXPECT_FALSE(window->open_below || window->open_above);
}

TEST(AddSamples, SumsUpAllSamplesOfTheSameSize) {
  auto known = ratios({1, 2, 3});
  auto more = ratios({9, 4});
  more[1].samples = {4, 6};
  more.erase(more.begin());
  add_samples(known, more);
  EXPECT_THAT(known[0].samples, ElementsAre(1));
  EXPECT_THAT(known[1].samples, ElementsAre(2, 4, 6));
  EXPECT_EQ(known[1].ratio.median, 4);
  EXPECT_EQ(known[1].ratio.count, 3U);
  EXPECT_EQ(known[2].ratio.median, 3);
}

}  // namespace
}  // namespace bytepath::copy
