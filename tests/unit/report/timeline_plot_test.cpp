#include "report/timeline_plot.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace bytepath::report {
namespace {

using testing::HasSubstr;
using testing::Not;

using Row = std::vector<result::Value>;

result::Table bars(std::vector<Row> rows) {
  return {.name = "in_flight",
          .title = "What was in flight",
          .columns = {{"time", "ns"}, {"took", "ns"}, {"lane", ""}, {"tier", ""}},
          .rows = std::move(rows),
          .time_bars =
              result::TimeBars{.begin = "time", .length = "took", .lane = "lane", .kind = "tier"}};
}

Row bar(double time, double took, std::int64_t lane, std::string tier) {
  return {time, took, lane, std::move(tier)};
}

std::string joined(const std::vector<std::string>& lines) {
  return fmt::format("{}", fmt::join(lines, "\n"));
}

constexpr Target ascii{.unicode = false, .columns = 54};  // 50 for the bars

TEST(TimelinePlot, DrawsTimeToTheRightAndLanesUpwards) {
  const auto lines =
      timeline_plot(bars({bar(0, 50, 0, "l2"), bar(20, 10, 1, "l3"), bar(60, 40, 0, "l2")}), ascii);
  EXPECT_EQ(lines[0], " at once");
  EXPECT_EQ(lines[1], " 2 +          ooooo");
  EXPECT_EQ(lines[2], " 1 +*************************     ********************");
  EXPECT_THAT(joined(lines), HasSubstr("* l2   o l3"));
}

TEST(TimelinePlot, ShowsWhatTookMostOfACharacter) {
  const auto lines = timeline_plot(
      bars({bar(0, 500, 0, "long"), bar(500, 3, 0, "short"), bar(503, 497, 0, "long")}), ascii);
  EXPECT_THAT(lines[1], Not(HasSubstr("o")));
  const auto moment = timeline_plot(bars({bar(5, 0, 0, "one")}), ascii);
  EXPECT_EQ(moment[1], " 1 +*");
}

TEST(TimelinePlot, PutsManyLanesIntoALine) {
  std::vector<Row> rows;
  for (std::int64_t lane = 0; lane < 40; ++lane) rows.push_back(bar(0, 10, lane, "l2"));
  const auto lines = timeline_plot(bars(rows), ascii);
  EXPECT_THAT(lines[1], testing::StartsWith(" 40 +**"));
  EXPECT_THAT(lines[14], testing::StartsWith("  1 +**"));
}

TEST(TimelinePlot, IsColouredWhereThereAreColours) {
  const std::string text = joined(timeline_plot(bars({bar(0, 50, 0, "l2"), bar(50, 50, 0, "l3")}),
                                                {.color = true, .columns = 54}));
  EXPECT_THAT(text, HasSubstr("\x1b[38;5;33m█"));
  EXPECT_THAT(text, HasSubstr("\x1b[38;5;208m█\x1b[0m l3"));
}

TEST(TimelinePlot, LeavesOutWhatIsNoBar) {
  EXPECT_EQ(joined(timeline_plot(bars({}), ascii)), "  no bars");
  const std::vector<Row> wrong = {bar(0, -1, 0, "a"), bar(0, 1, -1, "a"), bar(0, 1, 1LL << 40, "a"),
                                  Row(4)};
  EXPECT_EQ(joined(timeline_plot(bars(wrong), ascii)), "  no bars");
}

TEST(TimelinePlot, StandsForItsTableUnlessEverythingIsAskedFor) {
  result::Document document{.tool = "chunk-probe"};
  document.tables = {bars({bar(0, 50, 0, "l2")})};
  EXPECT_THAT(render_text(document, ascii), Not(HasSubstr("took")));
  EXPECT_THAT(render_text(document, {.unicode = false, .verbose = true}), HasSubstr("took"));
  EXPECT_THAT(render_markdown(document, {}), HasSubstr("<summary>What was in flight</summary>"));
  EXPECT_THAT(render_markdown(document, {}), Not(HasSubstr("| took |")));
  EXPECT_THAT(render_html(document, {}), HasSubstr("data-chart=\"timeline\""));
  EXPECT_THAT(render_csv(document, {}), HasSubstr("took"));
}

}  // namespace
}  // namespace bytepath::report
