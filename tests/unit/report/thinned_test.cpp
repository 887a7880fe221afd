#include "report/thinned.h"

#include <gmock/gmock.h>

namespace bytepath::report {
namespace {

result::Document large(std::size_t points, std::size_t rows) {
  result::Document document{.tool = "memcpy-probe"};
  document.series = {{.name = "s", .title = "Points"}};
  for (std::size_t i = 0; i < points; ++i) {
    const auto x = static_cast<double>(i);
    document.series[0].points.push_back(
        {.x = x, .median = x, .low = x - 1, .high = i == 777 ? 1e9 : x + 1, .count = 1});
  }
  document.tables = {{.name = "t", .title = "Rows", .columns = {{"a", ""}}, .rows = {}}};
  document.tables[0].rows.resize(rows, {result::Value(1.0)});
  return document;
}

TEST(Thinned, LeavesWhatFitsAsItIs) {
  EXPECT_EQ(to_json(thinned(large(max_drawn_points, max_shown_rows))),
            to_json(large(max_drawn_points, max_shown_rows)));
}

TEST(Thinned, KeepsExtremesAndCountsOfAMillionPoints) {
  const auto small = thinned(large(1'000'000, 6000));
  const auto& series = small.series[0];
  ASSERT_EQ(series.points.size(), 2000U);
  EXPECT_EQ(series.title, "Points (1000000 points, 500 together)");
  std::uint64_t count = 0;
  for (const auto& point : series.points) count += point.count;
  EXPECT_EQ(count, 1'000'000U);
  EXPECT_EQ(series.points[0].low, -1);
  EXPECT_EQ(series.points[0].median, 250);
  EXPECT_EQ(series.points[1].high, 1e9);
  EXPECT_EQ(small.tables[0].rows.size(), max_shown_rows);
  EXPECT_EQ(small.tables[0].title, "Rows (the first 5000 of 6000 rows)");
}

TEST(Thinned, ThinsPartsToo) {
  result::Document host{.tool = "probe-compare"};
  host.parts = {large(10'000, 1)};
  EXPECT_LE(thinned(host).parts[0].series[0].points.size(), max_drawn_points);
}

}  // namespace
}  // namespace bytepath::report
