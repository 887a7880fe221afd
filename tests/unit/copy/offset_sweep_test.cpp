#include "copy/offset_sweep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "verdict/offset_classes.h"

namespace bytepath::copy {
namespace {

using testing::IsEmpty;
using testing::SizeIs;
using verdict::page_offsets;

TEST(SweepOffsets, AscendWithoutRepetitionWithinThePage) {
  for (const auto density : {Density::sparse, Density::dense, Density::full}) {
    const auto offsets = sweep_offsets(density);
    EXPECT_TRUE(std::ranges::is_sorted(offsets));
    EXPECT_EQ(std::ranges::adjacent_find(offsets), offsets.end());
    EXPECT_EQ(offsets.front(), 0U);
    EXPECT_LT(offsets.back(), page_offsets);
  }
}

TEST(SweepOffsets, AreAsManyAsTheirDensitySays) {
  const auto sparse = sweep_offsets(Density::sparse).size();
  const auto dense = sweep_offsets(Density::dense).size();
  EXPECT_GE(sparse, 60U);
  EXPECT_LE(sparse, 80U);
  EXPECT_GE(dense, 450U);
  EXPECT_LE(dense, 550U);
  EXPECT_THAT(sweep_offsets(Density::full), SizeIs(page_offsets));
}

TEST(SweepOffsets, DenseHasEveryOneNearZero) {
  const auto offsets = sweep_offsets(Density::dense);
  for (unsigned d = 0; d <= 128; ++d) {
    EXPECT_TRUE(std::ranges::binary_search(offsets, d)) << d;
    EXPECT_TRUE(std::ranges::binary_search(offsets, (page_offsets - d) % page_offsets)) << d;
  }
  EXPECT_TRUE(
      std::ranges::any_of(offsets, [](unsigned d) { return d > 200 && d < 3900 && d % 16 != 0; }));
}

// Time at d on a made-up host.
using Host = std::function<double(unsigned)>;

std::vector<result::Point> measured(const Host& host, const std::vector<unsigned>& offsets) {
  std::vector<result::Point> points;
  points.reserve(offsets.size());
  for (const unsigned d : offsets) {
    points.push_back({.x = static_cast<double>(d), .median = host(d), .count = 16});
  }
  return points;
}

// As sweep_offset does it, the host answering at once.
std::vector<result::Point> refined(const Host& host, Density density) {
  auto points = measured(host, sweep_offsets(density));
  for (int i = 0; i < 4; ++i) {
    const auto missing = missing_border_offsets(points);
    if (missing.empty()) break;
    const auto more = measured(host, missing);
    points.insert(points.end(), more.begin(), more.end());
    std::ranges::sort(points, {}, &result::Point::x);
    EXPECT_EQ(std::ranges::adjacent_find(points, {}, &result::Point::x), points.end())
        << "an offset was asked for twice";
  }
  EXPECT_THAT(missing_border_offsets(points), IsEmpty());
  return points;
}

struct Planted {
  unsigned first;
  unsigned last;
};

Host host_with(const Planted& slow) {
  return [slow](unsigned d) {
    const bool wraps = slow.first > slow.last;
    const bool after_first = d >= slow.first;
    const bool before_last = d <= slow.last;
    const bool inside = wraps ? after_first || before_last : after_first && before_last;
    return inside ? 1000.0 : 40.0;
  };
}

class BorderOffsets : public testing::TestWithParam<Planted> {};

TEST_P(BorderOffsets, ConvergeToTheExactBorders) {
  for (const auto density : {Density::sparse, Density::dense, Density::full}) {
    const auto found = verdict::find_offset_classes(refined(host_with(GetParam()), density));
    ASSERT_THAT(found.classes, SizeIs(1));
    EXPECT_EQ(found.classes[0].first, GetParam().first);
    EXPECT_EQ(found.classes[0].last, GetParam().last);
  }
}

INSTANTIATE_TEST_SUITE_P(Planted, BorderOffsets,
                         testing::Values(Planted{1, 31}, Planted{1, 15}, Planted{3, 50},
                                         Planted{1, 63}, Planted{4090, 5}, Planted{7, 23},
                                         Planted{61, 500}, Planted{1, 200}));

TEST(MissingBorderOffsets, AreNoneOnAFlatCurve) {
  const Host flat = [](unsigned) { return 40.0; };
  EXPECT_THAT(missing_border_offsets(measured(flat, sweep_offsets(Density::sparse))), IsEmpty());
  EXPECT_THAT(missing_border_offsets({}), IsEmpty());
}

// A wide gap is narrowed by a few offsets at a time, not by all of them.
TEST(MissingBorderOffsets, AskForFewInAWideGap) {
  const Host host = [](unsigned d) { return d >= 1000 && d <= 2000 ? 400.0 : 40.0; };
  std::vector<unsigned> offsets;
  for (unsigned d = 0; d < page_offsets; d += 256) offsets.push_back(d);
  const auto missing = missing_border_offsets(measured(host, offsets));
  EXPECT_THAT(missing, testing::Not(IsEmpty()));
  EXPECT_LE(missing.size(), 2U * 16);
  EXPECT_THAT(missing, testing::Each(
                           testing::AnyOf(testing::AllOf(testing::Gt(768U), testing::Lt(1024U)),
                                          testing::AllOf(testing::Gt(1792U), testing::Lt(2048U)))));
}

TEST(ToPoint, IsTheSummaryOfTheSamples) {
  const auto point = to_point(8, {.ns = {5, 1, 3}, .error = 0});
  EXPECT_EQ(point.x, 8);
  EXPECT_EQ(point.median, 3);
  EXPECT_EQ(point.low, 1);
  EXPECT_EQ(point.high, 5);
  EXPECT_EQ(point.count, 3U);
}

}  // namespace
}  // namespace bytepath::copy
