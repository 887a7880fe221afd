#include "report/timeline_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include "report/axis.h"
#include "report/plot_frame.h"
#include "report/plot_marks.h"
#include "report/present.h"
#include "report/printable.h"
#include "report/style.h"
#include "result/document_parts.h"

namespace bytepath::report {
namespace {

constexpr std::size_t max_lines = 16;
constexpr std::size_t nobody = SIZE_MAX;

struct Bar {
  double begin = 0;
  double end = 0;
  std::size_t lane = 0;
  std::size_t kind = 0;  // place in the names
};

struct Timeline {
  std::vector<Bar> bars;
  std::vector<std::string> kinds;
  double begin = std::numeric_limits<double>::infinity();
  double end = -std::numeric_limits<double>::infinity();
  std::size_t lanes = 0;
};

double number_of(const result::Value& value) {
  if (const auto* number = std::get_if<double>(&value)) return *number;
  if (const auto* number = std::get_if<std::int64_t>(&value)) return static_cast<double>(*number);
  return std::numeric_limits<double>::quiet_NaN();
}

// A document may come from a file: what is no bar is left out.
Timeline timeline_of(const result::Table& table) {
  constexpr double most_lanes = 1e6;
  Timeline timeline;
  const auto begin = result::place_of(table, table.time_bars->begin);
  const auto length = result::place_of(table, table.time_bars->length);
  const auto lane = result::place_of(table, table.time_bars->lane);
  const auto kind = result::place_of(table, table.time_bars->kind);
  for (const auto& row : table.rows) {
    const double from = number_of(row[begin]);
    const double took = number_of(row[length]);
    const double at = number_of(row[lane]);
    if (!std::isfinite(from) || !(took >= 0) || !std::isfinite(from + took)) continue;
    if (!(at >= 0 && at < most_lanes)) continue;
    const std::string name = format_value(row[kind], "");
    const auto known = std::ranges::find(timeline.kinds, name);
    timeline.bars.push_back({.begin = from,
                             .end = from + took,
                             .lane = static_cast<std::size_t>(at),
                             .kind = static_cast<std::size_t>(known - timeline.kinds.begin())});
    if (known == timeline.kinds.end()) timeline.kinds.push_back(name);
    timeline.begin = std::min(timeline.begin, from);
    timeline.end = std::max(timeline.end, from + took);
    timeline.lanes = std::max(timeline.lanes, timeline.bars.back().lane + 1);
  }
  // The axis of a moment alone.
  if (timeline.end <= timeline.begin) timeline.end = timeline.begin + 1;
  return timeline;
}

// Which kind each character shows.
std::vector<std::vector<std::size_t>> cells_of(const Timeline& timeline, std::size_t lanes_each,
                                               std::size_t columns) {
  const std::size_t lines = (timeline.lanes + lanes_each - 1) / lanes_each;
  const double step = (timeline.end - timeline.begin) / static_cast<double>(columns);
  std::vector<std::vector<std::size_t>> cells(lines, std::vector<std::size_t>(columns, nobody));
  std::vector<std::vector<double>> most(lines, std::vector<double>(columns, -1));
  for (std::size_t line = 0; line < lines; ++line) {
    for (std::size_t kind = 0; kind < timeline.kinds.size(); ++kind) {
      std::vector<double> taken(columns, -1);
      for (const Bar& bar : timeline.bars) {
        if (bar.lane / lanes_each != line || bar.kind != kind) continue;
        const auto column = [&](double time) {
          const double at = step > 0 ? (time - timeline.begin) / step : 0;
          return std::min(columns - 1, static_cast<std::size_t>(at));
        };
        for (std::size_t i = column(bar.begin); i <= column(bar.end); ++i) {
          const double left = timeline.begin + static_cast<double>(i) * step;
          const double part = std::min(bar.end, left + step) - std::max(bar.begin, left);
          // One that ends where a character begins is not in it.
          if (part <= 0 && i > column(bar.begin)) continue;
          taken[i] = std::max(taken[i], 0.0) + std::max(part, 0.0);
        }
      }
      for (std::size_t i = 0; i < columns; ++i) {
        if (taken[i] <= most[line][i]) continue;
        most[line][i] = taken[i];
        cells[line][i] = kind;
      }
    }
  }
  return cells;
}

}  // namespace

std::vector<std::string> timeline_plot(const result::Table& table, const Target& target) {
  const Timeline timeline = timeline_of(table);
  if (timeline.bars.empty()) return {"  no bars"};
  const Style style(target.color);
  const bool blocks = target.color && target.unicode;
  const std::size_t lanes_each = (timeline.lanes + max_lines - 1) / max_lines;
  const std::size_t line_count = (timeline.lanes + lanes_each - 1) / lanes_each;
  std::vector<std::string> labels(line_count);
  labels.front() = fmt::to_string(timeline.lanes);
  labels.back() = "1";
  const PlotFrame frame(std::move(labels), target);
  const auto cells = cells_of(timeline, lanes_each, frame.width());

  std::vector<std::string> lines = {" at once"};
  for (std::size_t row = 0; row < line_count; ++row) {
    std::string content;
    for (const std::size_t kind : cells[line_count - 1 - row]) {
      if (kind == nobody)
        content += ' ';
      else
        content += style.palette(color_of_mark(kind),
                                 blocks ? "█" : mark_of(plot_marks(target.unicode), kind));
    }
    content.erase(content.find_last_not_of(' ') + 1);
    lines.push_back(frame.row(row, content));
  }
  const Axis axis{.low = timeline.begin, .high = timeline.end, .log = false};
  const auto& unit = table.columns[result::place_of(table, table.time_bars->begin)].unit;
  std::vector<PlotFrame::Mark> marks;
  for (const double tick : ticks(axis, std::max<std::size_t>(frame.width() / 10, 2), unit)) {
    marks.push_back({.column = static_cast<std::size_t>(
                         std::lround(axis.position(tick) * static_cast<double>(frame.width() - 1))),
                     .text = shorten(format_tick(tick, unit), 12, target.unicode)});
  }
  std::ranges::move(frame.bottom(marks, axis_title(spaced(table.time_bars->begin), unit)),
                    std::back_inserter(lines));
  std::ranges::move(plot_legend(timeline.kinds, target, blocks ? "█" : ""),
                    std::back_inserter(lines));
  return lines;
}

}  // namespace bytepath::report
