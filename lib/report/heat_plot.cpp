#include "report/heat_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <span>

#include "base/units.h"
#include "report/axis.h"
#include "report/plot_frame.h"
#include "report/printable.h"
#include "report/style.h"

namespace bytepath::report {
namespace {

constexpr std::size_t max_lines = 32;
constexpr std::size_t max_cell_columns = 4;

// Viridis (Smith and van der Walt, 2015) in the nearest of xterm's 256 colours.
constexpr std::array heat_colors = {53, 54, 60, 24, 30, 36, 35, 71, 77, 113, 149, 184, 220};
constexpr std::array<std::string_view, 5> unicode_shades = {" ", "░", "▒", "▓", "█"};
constexpr std::array<std::string_view, 10> ascii_shades = {" ", ".", ":", "-", "=",
                                                           "+", "*", "#", "%", "@"};

// The map in the blocks that fit the screen.
struct Blocks {
  std::vector<std::vector<double>> values;
  std::size_t rows_each = 1;
  std::size_t columns_each = 1;
  bool largest = true;
};

std::size_t divide_up(std::size_t value, std::size_t by) { return (value + by - 1) / by; }

// How many cells a block holds in one direction: a power of two, so that its ends are round.
std::size_t cells_each(std::size_t cells, std::size_t most) {
  return std::bit_ceil(std::max<std::size_t>(divide_up(cells, most), 1));
}

// A rate is bad when small; a time, a ratio or a count when large.
bool worst_is_largest(std::string_view unit) { return !unit.ends_with("/s"); }

double worst_of(const result::HeatMap& map, std::size_t row, std::size_t column,
                const Blocks& blocks) {
  double worst = std::numeric_limits<double>::quiet_NaN();
  const std::size_t last_row = std::min(row + blocks.rows_each, map.values.size());
  for (std::size_t r = row; r < last_row; ++r) {
    const auto& values = map.values[r];
    const std::size_t last = std::min(column + blocks.columns_each, values.size());
    for (std::size_t c = column; c < last; ++c) {
      const double value = values[c];
      if (!std::isfinite(value)) continue;
      const bool worse = blocks.largest ? value > worst : value < worst;
      if (std::isnan(worst) || worse) worst = value;
    }
  }
  return worst;
}

Blocks aggregate(const result::HeatMap& map, std::size_t max_rows, std::size_t max_columns) {
  Blocks blocks{.rows_each = cells_each(map.y.size(), max_rows),
                .columns_each = cells_each(map.x.size(), max_columns),
                .largest = worst_is_largest(map.unit)};
  for (std::size_t row = 0; row < map.y.size(); row += blocks.rows_each) {
    auto& values = blocks.values.emplace_back();
    for (std::size_t column = 0; column < map.x.size(); column += blocks.columns_each) {
      values.push_back(worst_of(map, row, column, blocks));
    }
  }
  return blocks;
}

class Painter {
 public:
  Painter(const Axis& scale, const Target& target)
      : scale_(scale), unicode_(target.unicode), style_(target.color) {}

  // The upper and, in colour, the lower cell of one character.
  std::string cell(double upper, double lower, std::size_t repeated) const {
    if (!halves()) return repeat(shade(upper), repeated);
    const int top = color(upper);
    const int bottom = color(lower);
    if (top < 0 && bottom < 0) return repeat("·", repeated);
    if (top < 0) return style_.palette(bottom, repeat("▄", repeated));
    if (bottom < 0) return style_.palette(top, repeat("▀", repeated));
    return fmt::format("\x1b[38;5;{};48;5;{}m{}\x1b[0m", top, bottom, repeat("▀", repeated));
  }

  std::string whole_cell(double value, std::size_t repeated) const {
    const int at = color(value);
    if (!halves() || at < 0) return repeat(shade(value), repeated);
    return style_.palette(at, repeat("█", repeated));
  }

  bool halves() const { return style_.color() && unicode_; }

  std::string scale_bar() const {
    if (!style_.color()) {
      std::string bar;
      if (unicode_) {
        for (const auto each : unicode_shades) bar += each;
      } else {
        for (const auto each : ascii_shades) bar += each;
      }
      return "[" + bar + "]";
    }
    std::string bar;
    for (const int each : heat_colors) bar += style_.palette(each, unicode_ ? "█" : "#");
    return bar;
  }

 private:
  // The index of a value's step in a ramp, or -1 when it was not measured.
  int step(double value, std::size_t steps) const {
    const double at = scale_.position(value);
    if (std::isnan(at)) return -1;
    return std::min(static_cast<int>(at * static_cast<double>(steps)), static_cast<int>(steps) - 1);
  }

  int color(double value) const {
    const int at = step(value, heat_colors.size());
    return at < 0 ? -1 : heat_colors[static_cast<std::size_t>(at)];
  }

  std::string shade(double value) const {
    const int at = step(value, unicode_ ? unicode_shades.size() : ascii_shades.size());
    if (at < 0) return unicode_ ? "·" : "?";
    const auto index = static_cast<std::size_t>(at);
    const std::string shown(unicode_ ? unicode_shades[index] : ascii_shades[index]);
    return style_.color() ? style_.palette(color(value), shown == " " ? "." : shown) : shown;
  }

  Axis scale_;
  bool unicode_;
  Style style_;
};

std::vector<std::string> legend(const result::HeatMap& map, const Axis& scale, const Blocks& blocks,
                                const Painter& painter, const Target& target) {
  const std::string_view unmeasured = target.unicode ? "·" : "?";
  const auto shown = [&](double value) {
    return shorten(format_quantity(value, map.unit), 16, target.unicode);
  };
  std::vector<std::string> lines = {fmt::format("  {} {} {}{}   {} not measured", shown(scale.low),
                                                painter.scale_bar(), shown(scale.high),
                                                scale.log ? " (logarithmic)" : "", unmeasured)};
  if (blocks.rows_each * blocks.columns_each > 1) {
    const std::string text =
        fmt::format("each cell is the {} of {} x {} ({} x {}) measured",
                    blocks.largest ? "largest" : "smallest", blocks.columns_each, blocks.rows_each,
                    map.x_label, map.y_label);
    for (const auto& line : wrap(text, target.columns - 2)) lines.push_back("  " + line);
  }
  return lines;
}

std::vector<PlotFrame::Mark> column_marks(const result::HeatMap& map, std::size_t columns_each,
                                          std::size_t cell_columns, std::size_t blocks) {
  std::vector<PlotFrame::Mark> marks;
  const std::size_t every = std::max<std::size_t>(divide_up(blocks, 9), 1);
  // A round number of blocks, so that the labels are round where the axis is.
  std::size_t step = 1;
  while (step < every) step *= 2;
  for (std::size_t block = 0; block < blocks; block += step) {
    marks.push_back({.column = block * cell_columns + cell_columns / 2,
                     .text = format_tick(map.x[block * columns_each], "")});
  }
  return marks;
}

}  // namespace

std::vector<std::string> heat_plot(const result::HeatMap& map, const Target& target) {
  std::vector<double> all;
  for (const auto& row : map.values) all.insert(all.end(), row.begin(), row.end());
  if (std::ranges::none_of(all, [](double value) { return std::isfinite(value); })) {
    return {"  no cells"};
  }
  constexpr double all_of_it = 100;
  const Axis scale = map.unit == "percent" ? Axis{.low = 0, .high = all_of_it, .log = false}
                                           : axis_over(all, map.log, false);
  const Painter painter(scale, target);
  // A name stands for one row.
  const bool named = !map.y_names.empty();
  const std::size_t rows_a_line = painter.halves() && !named ? 2 : 1;
  const std::size_t rows_each = cells_each(map.y.size(), max_lines * rows_a_line);
  const std::size_t line_count = divide_up(divide_up(map.y.size(), rows_each), rows_a_line);
  const std::size_t label_every = line_count > 16 && !named ? 4 : 1;
  std::vector<std::string> labels(line_count);
  for (std::size_t line = 0; line < line_count; line += label_every) {
    const std::size_t row = line * rows_a_line * rows_each;
    labels[line] = named ? printable(map.y_names[row]) : format_tick(map.y[row], "");
  }
  const PlotFrame frame(std::move(labels), target);
  const Blocks blocks = aggregate(map, max_lines * rows_a_line, frame.width());
  const std::size_t columns = blocks.values.front().size();
  const std::size_t cell_columns =
      std::clamp<std::size_t>(frame.width() / columns, 1, max_cell_columns);

  std::vector<std::string> lines = {" " + shorten(map.y_label, target.columns - 1, target.unicode)};
  for (std::size_t line = 0; line < line_count; ++line) {
    const auto& upper = blocks.values[line * rows_a_line];
    const std::size_t below = line * rows_a_line + 1;
    const bool has_lower = rows_a_line == 2 && below < blocks.values.size();
    std::string content;
    for (std::size_t column = 0; column < columns; ++column) {
      const double lower =
          has_lower ? blocks.values[below][column] : std::numeric_limits<double>::quiet_NaN();
      content += rows_a_line == 2 ? painter.cell(upper[column], lower, cell_columns)
                                  : painter.whole_cell(upper[column], cell_columns);
    }
    content.erase(content.find_last_not_of(' ') + 1);
    lines.push_back(frame.row(line, content));
  }
  std::ranges::move(frame.bottom(column_marks(map, blocks.columns_each, cell_columns, columns),
                                 map.x_label, columns * cell_columns),
                    std::back_inserter(lines));
  std::ranges::move(legend(map, scale, blocks, painter, target), std::back_inserter(lines));
  return lines;
}

}  // namespace bytepath::report
