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
Timeline timeline_of(const result::Table& table, const result::TimeBars& names) {
  constexpr double most_lanes = 1e6;
  Timeline timeline;
  const auto begin = result::place_of(table, names.begin);
  const auto length = result::place_of(table, names.length);
  const auto lane = result::place_of(table, names.lane);
  const auto kind = result::place_of(table, names.kind);
  for (const auto& row : table.rows) {
    const double from = number_of(row[begin]);
    const double took = number_of(row[length]);
    const double at = number_of(row[lane]);
    const bool is_bar = std::isfinite(from) && took >= 0 && std::isfinite(from + took) && at >= 0 &&
                        at < most_lanes;
    if (!is_bar) continue;
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

// The characters of a line, each of which stands for a piece of the time.
struct Columns {
  double begin;
  double step;
  std::size_t count;

  std::size_t at(double time) const {
    const double place = step > 0 ? (time - begin) / step : 0;
    return std::min(count - 1, static_cast<std::size_t>(place));
  }
};

// Adds to each character the time that the bar takes of it; below 0: none was in it so far.
void add_bar(std::vector<double>& taken, const Bar& bar, const Columns& columns) {
  const std::size_t first = columns.at(bar.begin);
  const std::size_t last = columns.at(bar.end);
  for (std::size_t i = first; i <= last; ++i) {
    const double left = columns.begin + static_cast<double>(i) * columns.step;
    const double part = std::min(bar.end, left + columns.step) - std::max(bar.begin, left);
    // One that ends where a character begins is not in it.
    if (part <= 0 && i > first) continue;
    taken[i] = std::max(taken[i], 0.0) + std::max(part, 0.0);
  }
}

// Which kind each character shows.
std::vector<std::vector<std::size_t>> cells_of(const Timeline& timeline, std::size_t lanes_each,
                                               std::size_t width) {
  const std::size_t lines = (timeline.lanes + lanes_each - 1) / lanes_each;
  const Columns columns{.begin = timeline.begin,
                        .step = (timeline.end - timeline.begin) / static_cast<double>(width),
                        .count = width};
  std::vector<std::vector<std::size_t>> cells(lines, std::vector<std::size_t>(width, nobody));
  std::vector<std::vector<double>> most(lines, std::vector<double>(width, -1));
  for (std::size_t line = 0; line < lines; ++line) {
    for (std::size_t kind = 0; kind < timeline.kinds.size(); ++kind) {
      std::vector<double> taken(width, -1);
      for (const Bar& bar : timeline.bars) {
        if (bar.lane / lanes_each == line && bar.kind == kind) add_bar(taken, bar, columns);
      }
      for (std::size_t i = 0; i < width; ++i) {
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
  if (!table.time_bars) return {};
  const result::TimeBars& names = *table.time_bars;
  const Timeline timeline = timeline_of(table, names);
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
  const auto& unit = table.columns[result::place_of(table, names.begin)].unit;
  std::vector<PlotFrame::Mark> marks;
  for (const double tick : ticks(axis, std::max<std::size_t>(frame.width() / 10, 2), unit)) {
    marks.push_back({.column = static_cast<std::size_t>(
                         std::lround(axis.position(tick) * static_cast<double>(frame.width() - 1))),
                     .text = shorten(format_tick(tick, unit), 12, target.unicode)});
  }
  std::ranges::move(frame.bottom(marks, axis_title(spaced(names.begin), unit)),
                    std::back_inserter(lines));
  std::ranges::move(plot_legend(timeline.kinds, target, blocks ? "█" : ""),
                    std::back_inserter(lines));
  return lines;
}

}  // namespace bytepath::report
