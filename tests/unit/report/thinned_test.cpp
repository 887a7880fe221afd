#include "report/thinned.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cmath>
#include <string>
#include <vector>

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

// 1000 x 1000 cells of 50, one of 90, one of 0 and a whole block that was not measured.
TEST(Thinned, KeepsTheUnusualCellsOfALargeHeatMap) {
  const double none = std::nan("");
  result::HeatMap map{.name = "m", .title = "Cells", .unit = "percent"};
  map.values.assign(1000, std::vector<double>(1000, 50));
  for (int i = 0; i < 1000; ++i) {
    map.x.push_back(i);
    map.y.push_back(1000 + i);
    map.y_names.push_back(fmt::format("row {}", i));
  }
  map.values[3][17] = 90;
  map.values[998][999] = 0;
  for (std::size_t column = 160; column < 176; ++column) {
    map.values[10][column] = none;
    map.values[11][column] = none;
  }
  result::Document document{.tool = "memcpy-probe"};
  document.heatmaps = {map};
  const auto small = thinned(document).heatmaps[0];
  EXPECT_EQ(small.title, "Cells (1000 times 1000 cells, 8 times 2 together)");
  ASSERT_EQ(small.values.size(), 500U);
  ASSERT_EQ(small.values[0].size(), 125U);
  EXPECT_EQ(small.values[1][2], 90);
  EXPECT_EQ(small.values[499][124], 0);
  EXPECT_TRUE(std::isnan(small.values[5][20]));
  EXPECT_EQ(small.values[5][22], 50);
  EXPECT_EQ(small.x[2], 16);
  EXPECT_EQ(small.y[499], 1998);
  EXPECT_EQ(small.y_names[1], "row 2");
}

TEST(Thinned, LeavesAHeatMapThatFitsAsItIs) {
  result::HeatMap map{.name = "m"};
  map.values.assign(16, std::vector<double>(4096, 1));
  map.x.assign(4096, 1);
  map.y.assign(16, 1);
  result::Document document{.tool = "memcpy-probe"};
  document.heatmaps = {map};
  EXPECT_EQ(thinned(document).heatmaps[0].values, map.values);
}

TEST(Thinned, ThinsPartsToo) {
  result::Document host{.tool = "probe-compare"};
  host.parts = {large(10'000, 1)};
  EXPECT_LE(thinned(host).parts[0].series[0].points.size(), max_drawn_points);
}

}  // namespace
}  // namespace bytepath::report
