#include "report/line_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <utility>

#include "report/axis.h"
#include "report/plot_frame.h"
#include "report/plot_marks.h"
#include "report/printable.h"
#include "report/style.h"

namespace bytepath::report {
namespace {

constexpr std::size_t plot_rows = 14;

// A grid of characters, each of them one mark or 2 x 4 braille dots.
class Canvas {
 public:
  Canvas(std::size_t columns, std::size_t rows, bool braille)
      : columns_(columns), rows_(rows), braille_(braille), cells_(columns * rows) {}

  // Positions are 0..1 from the lower left corner.
  void line(double x0, double y0, double x1, double y1, std::size_t owner) {
    const double steps = std::max(std::abs(x1 - x0) * static_cast<double>(width() - 1),
                                  std::abs(y1 - y0) * static_cast<double>(height() - 1));
    const auto count = static_cast<std::size_t>(std::ceil(steps));
    for (std::size_t i = 0; i <= count; ++i) {
      const double part = count == 0 ? 0 : static_cast<double>(i) / static_cast<double>(count);
      dot(x0 + (x1 - x0) * part, y0 + (y1 - y0) * part, owner);
    }
  }

  std::string row(std::size_t row, const PlotMarks& marks, const Style& style) const {
    std::string out;
    for (std::size_t column = 0; column < columns_; ++column) {
      const Cell& cell = cells_[row * columns_ + column];
      if (cell.owner == nobody) {
        out += ' ';
        continue;
      }
      const std::string shown =
          braille_ ? braille_character(cell.dots) : std::string(mark_of(marks, cell.owner));
      out += style.palette(color_of_mark(cell.owner), shown);
    }
    return out.erase(out.find_last_not_of(' ') + 1);
  }

 private:
  static constexpr std::size_t nobody = SIZE_MAX;
  struct Cell {
    std::uint8_t dots = 0;
    std::size_t owner = nobody;
  };

  std::size_t width() const { return columns_ * (braille_ ? 2 : 1); }
  std::size_t height() const { return rows_ * (braille_ ? 4 : 1); }

  // Unicode chapter "Braille Patterns": bit 0-2 and 6 go down the left, 3-5 and 7 down the right.
  static std::string braille_character(std::uint8_t dots) {
    const auto code = static_cast<std::uint32_t>(0x2800 + dots);
    return {static_cast<char>(0xe0U | (code >> 12U)),
            static_cast<char>(0x80U | ((code >> 6U) & 0x3fU)),
            static_cast<char>(0x80U | (code & 0x3fU))};
  }

  void dot(double x, double y, std::size_t owner) {
    const auto at_x = static_cast<std::size_t>(std::lround(x * static_cast<double>(width() - 1)));
    const auto at_y =
        static_cast<std::size_t>(std::lround((1 - y) * static_cast<double>(height() - 1)));
    constexpr std::array<std::array<std::uint8_t, 2>, 4> bits = {
        {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}};
    const std::size_t column = braille_ ? at_x / 2 : at_x;
    const std::size_t row = braille_ ? at_y / 4 : at_y;
    Cell& cell = cells_[row * columns_ + column];
    cell.owner = owner;
    if (braille_) cell.dots |= bits[at_y % 4][at_x % 2];
  }

  std::size_t columns_;
  std::size_t rows_;
  bool braille_;
  std::vector<Cell> cells_;
};

struct Axes {
  Axis x;
  Axis y;
};

Axes axes_of(const Chart& chart) {
  std::vector<double> xs;
  std::vector<double> ys;
  for (const auto* series : chart.series) {
    for (const auto& point : series->points) {
      xs.push_back(point.x);
      ys.push_back(point.median);
    }
  }
  const auto& first = *chart.series.front();
  return {.x = axis_over(xs, first.x_log, false), .y = axis_over(ys, first.y_log, true)};
}

struct Drawn {
  std::size_t points = 0;
  std::size_t beyond = 0;  // points that a logarithmic axis cannot show
};

Drawn draw(const Chart& chart, const Axes& axes, Canvas& canvas) {
  Drawn drawn;
  for (std::size_t i = 0; i < chart.series.size(); ++i) {
    double last_x = NAN;
    double last_y = NAN;
    for (const auto& point : chart.series[i]->points) {
      const double x = axes.x.position(point.x);
      const double y = axes.y.position(point.median);
      const bool shown = !std::isnan(x) && !std::isnan(y);
      if (shown) {
        const bool joined = !std::isnan(last_x) && !std::isnan(last_y);
        canvas.line(joined ? last_x : x, joined ? last_y : y, x, y, i);
        ++drawn.points;
      } else if (std::isfinite(point.x) && std::isfinite(point.median)) {
        ++drawn.beyond;
      }
      last_x = shown ? x : NAN;
      last_y = shown ? y : NAN;
    }
  }
  return drawn;
}

}  // namespace

std::vector<std::string> line_plot(const Chart& chart, const Target& target) {
  const Style style(target.color);
  const auto& first = *chart.series.front();
  const Axes axes = axes_of(chart);
  // Dots that cannot be told apart by colour would mix the series up.
  const bool braille = target.unicode && (target.color || chart.series.size() == 1);

  std::vector<std::string> labels(plot_rows);
  for (const double tick : ticks(axes.y, 6, first.unit)) {
    const auto row = static_cast<std::size_t>(
        std::lround((1 - axes.y.position(tick)) * static_cast<double>(plot_rows - 1)));
    labels[row] = shorten(format_tick(tick, first.unit), 12, target.unicode);
  }
  const PlotFrame frame(std::move(labels), target);
  Canvas canvas(frame.width(), plot_rows, braille);
  const Drawn drawn = draw(chart, axes, canvas);
  if (drawn.points == 0) return {"  no points"};

  std::vector<std::string> lines;
  const std::string title = axis_title("", first.unit);
  if (!title.empty()) lines.push_back(" " + shorten(title, target.columns - 1, target.unicode));
  for (std::size_t row = 0; row < plot_rows; ++row) {
    lines.push_back(frame.row(row, canvas.row(row, plot_marks(target.unicode), style)));
  }
  std::vector<PlotFrame::Mark> marks;
  for (const double tick :
       ticks(axes.x, std::max<std::size_t>(frame.width() / 10, 2), first.x_unit)) {
    marks.push_back({.column = static_cast<std::size_t>(std::lround(
                         axes.x.position(tick) * static_cast<double>(frame.width() - 1))),
                     .text = shorten(format_tick(tick, first.x_unit), 12, target.unicode)});
  }
  std::ranges::move(frame.bottom(marks, axis_title(first.x_label, first.x_unit)),
                    std::back_inserter(lines));
  if (chart.series.size() > 1) {
    std::ranges::move(plot_legend(chart.names, target, braille ? "━━" : ""),
                      std::back_inserter(lines));
  }
  if (drawn.beyond > 0) {
    lines.push_back(style.dim(
        fmt::format("  {} below 0 {} no place on a logarithmic axis",
                    drawn.beyond == 1 ? "1 point" : fmt::format("{} points", drawn.beyond),
                    drawn.beyond == 1 ? "has" : "have")));
  }
  return lines;
}

}  // namespace bytepath::report
