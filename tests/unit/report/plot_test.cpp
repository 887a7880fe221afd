#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "report/heat_plot.h"
#include "report/line_plot.h"
#include "report/printable.h"

namespace bytepath::report {
namespace {

using result::HeatMap;
using result::Series;
using testing::HasSubstr;
using testing::Not;

std::string joined(const std::vector<std::string>& lines) {
  return fmt::format("{}", fmt::join(lines, "\n"));
}

HeatMap wide_map(std::string unit) {
  HeatMap map{.name = "wide", .x_label = "d", .y_label = "size", .unit = std::move(unit), .y = {1}};
  map.values.resize(1);
  for (int d = 0; d < 4096; ++d) {
    map.x.push_back(d);
    map.values[0].push_back(d >= 1 && d <= 15 ? 100 : 1);
  }
  return map;
}

TEST(HeatPlot, ShowsANarrowBandOfAWideMapAndSaysHow) {
  const Target target{.unicode = false, .columns = 80};
  const std::string text = joined(heat_plot(wide_map("ns"), target));
  EXPECT_THAT(text, HasSubstr("+@\n"));  // the block with d = 1..15 is the worst one
  EXPECT_THAT(text, HasSubstr("each cell is the largest of 64 x 1 (d x size) measured"));
}

TEST(HeatPlot, TakesTheSmallestOfARate) {
  const Target target{.unicode = false, .columns = 80};
  HeatMap map = wide_map("GB/s");
  for (double& value : map.values[0]) value = 101 - value;
  const std::string text = joined(heat_plot(map, target));
  EXPECT_THAT(text, HasSubstr("+ @@@@"));
  EXPECT_THAT(text, HasSubstr("smallest of 64 x 1"));
}

TEST(HeatPlot, DistinguishesUnmeasuredFromSmall) {
  const HeatMap map{.unit = "ns", .x = {1, 2, 3}, .y = {1}, .values = {{1, NAN, 9}}};
  const std::string text = joined(heat_plot(map, {.unicode = false}));
  EXPECT_THAT(text, HasSubstr("+    ????@@@@"));
  EXPECT_THAT(text, HasSubstr("1.00 ns [ .:-=+*#%@] 9.00 ns"));
}

TEST(HeatPlot, PutsTwoRowsIntoAColouredLine) {
  const HeatMap map{.unit = "ns", .x = {1}, .y = {1, 2, 3}, .values = {{1}, {9}, {5}}};
  const auto lines = heat_plot(map, {.color = true});
  EXPECT_THAT(lines[1], HasSubstr("\x1b[38;5;53;48;5;220m▀▀▀▀\x1b[0m"));
  EXPECT_THAT(lines[2], HasSubstr("▀"));
  EXPECT_THAT(lines[2], Not(HasSubstr("48;5")));  // no row below the last
  EXPECT_THAT(lines[3], HasSubstr("└"));
}

TEST(HeatPlot, NamesRowsThatAreThings) {
  const HeatMap map{.unit = "percent",
                    .x = {1, 2},
                    .y = {0, 1},
                    .y_names = {"touched", "mapped"},
                    .values = {{0, 100}, {100, 100}}};
  const auto plain = heat_plot(map, {.unicode = false});
  EXPECT_THAT(plain[1], HasSubstr("touched +    @@@@"));
  EXPECT_THAT(plain[2], HasSubstr("mapped +@@@@@@@@"));
  const auto coloured = heat_plot(map, {.color = true});
  EXPECT_THAT(coloured[1], HasSubstr("touched"));
  EXPECT_THAT(coloured[2], HasSubstr("mapped"));  // a line of its own, not half of one
}

TEST(HeatPlot, DrawsPercentFromNoneToAll) {
  const HeatMap map{.unit = "percent", .x = {1, 2}, .y = {1}, .values = {{50, 50}}};
  EXPECT_THAT(joined(heat_plot(map, {.unicode = false})), HasSubstr("0 % [ .:-=+*#%@] 100 %"));
}

TEST(HeatPlot, SurvivesMapsWithoutValues) {
  EXPECT_EQ(joined(heat_plot({}, {})), "  no cells");
  EXPECT_EQ(joined(heat_plot({.x = {1}, .y = {1}, .values = {{NAN}}}, {})), "  no cells");
}

Chart chart_of(const std::vector<Series>& series) {
  Chart chart{.title = "t"};
  for (const auto& each : series) {
    chart.series.push_back(&each);
    chart.names.push_back(each.labels.empty() ? "only" : each.labels.begin()->second);
  }
  return chart;
}

TEST(LinePlot, DrawsFromTheLowerLeftToTheUpperRight) {
  const std::vector<Series> series = {{.points = {{.x = 0, .median = 0}, {.x = 10, .median = 10}}}};
  const auto lines = line_plot(chart_of(series), {.unicode = false, .columns = 60});
  EXPECT_TRUE(lines.front().ends_with("*"));
  EXPECT_GE(lines.front().find('*'), 55U);  // the last steps of a slope
  EXPECT_THAT(lines[13], HasSubstr("+*"));
  EXPECT_EQ(display_width(lines.front()), 60U);
}

TEST(LinePlot, TellsSeriesApartWithoutColour) {
  const std::vector<Series> series = {
      {.labels = {{"k", "flat"}}, .points = {{.x = 0, .median = 1}, {.x = 9, .median = 1}}},
      {.labels = {{"k", "high"}}, .points = {{.x = 0, .median = 2}, {.x = 9, .median = 2}}}};
  const std::string plain = joined(line_plot(chart_of(series), {.columns = 60}));
  EXPECT_THAT(plain, HasSubstr("● flat   ○ high"));
  EXPECT_THAT(plain, HasSubstr("○○○○"));
  const std::string colored = joined(line_plot(chart_of(series), {.color = true, .columns = 60}));
  EXPECT_THAT(colored, Not(HasSubstr("○")));  // braille there
  EXPECT_THAT(colored, HasSubstr("\x1b[38;5;208m"));
}

// "Unused for 0" is the first row of how long lines stay in a cache.
TEST(LinePlot, HasAPlaceForZeroOnALogarithmicAxis) {
  const std::vector<Series> series = {
      {.x_unit = "ns",
       .x_log = true,
       .points = {{.x = 0, .median = 9}, {.x = 1e5, .median = 1}, {.x = 1e7, .median = 1}}}};
  const std::string text = joined(line_plot(chart_of(series), {.unicode = false, .columns = 60}));
  EXPECT_THAT(text, HasSubstr("|*"));
  EXPECT_THAT(text, testing::ContainsRegex("\n +0 +100 us +1 ms +10 ms"));
  EXPECT_THAT(text, Not(HasSubstr("no place")));
}

TEST(LinePlot, SaysWhatALogarithmicAxisLeavesOut) {
  std::vector<Series> series = {
      {.x_log = true,
       .points = {{.x = -1, .median = 1}, {.x = 1, .median = 1}, {.x = 8, .median = 5}}}};
  EXPECT_THAT(joined(line_plot(chart_of(series), {})), HasSubstr("1 point below 0 has no place"));
  series[0].points[1].x = -0.5;
  EXPECT_THAT(joined(line_plot(chart_of(series), {})), HasSubstr("2 points below 0 have no place"));
}

TEST(LinePlot, LeavesAGapWhereNothingWasMeasured) {
  const std::vector<Series> series = {{.points = {{.x = 0, .median = 1},
                                                  {.x = 1, .median = 1},
                                                  {.x = 2, .median = NAN},
                                                  {.x = 3, .median = 1},
                                                  {.x = 4, .median = 1}}}};
  const auto lines = line_plot(chart_of(series), {.unicode = false, .columns = 60});
  EXPECT_THAT(lines.front(), testing::ContainsRegex("\\*+ +\\*+"));
}

TEST(LinePlot, SurvivesAChartWithoutPoints) {
  const std::vector<Series> series = {{.title = "empty"}};
  EXPECT_EQ(joined(line_plot(chart_of(series), {})), "  no points");
}

}  // namespace
}  // namespace bytepath::report
