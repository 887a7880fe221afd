#include "report/plot_marks.h"

#include <utility>

#include "report/printable.h"
#include "report/style.h"

namespace bytepath::report {
namespace {

// Readable on black and on white.
constexpr std::array colors = {33, 208, 35, 161, 98, 37, 136, 244};
constexpr PlotMarks unicode_marks = {"●", "○", "▲", "△", "■", "□", "◆", "◇"};
constexpr PlotMarks ascii_marks = {"*", "o", "+", "x", "#", "@", "%", "&"};

}  // namespace

const PlotMarks& plot_marks(bool unicode) { return unicode ? unicode_marks : ascii_marks; }

std::string_view mark_of(const PlotMarks& marks, std::size_t thing) {
  return marks[thing % marks.size()];
}

int color_of_mark(std::size_t thing) { return colors[thing % colors.size()]; }

std::vector<std::string> plot_legend(const std::vector<std::string>& names, const Target& target,
                                     std::string_view all) {
  const Style style(target.color);
  const PlotMarks& marks = plot_marks(target.unicode);
  std::vector<std::string> lines;
  std::string line;
  std::size_t width = 0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string_view mark = all.empty() ? mark_of(marks, i) : all;
    const std::string name = shorten(names[i], target.columns / 2, target.unicode);
    const std::size_t entry = display_width(mark) + 1 + display_width(name) + 3;
    if (width > 0 && width + entry > target.columns - 2) {
      lines.push_back("  " + std::exchange(line, {}));
      width = 0;
    }
    line += style.palette(color_of_mark(i), mark) + " " + name + "   ";
    width += entry;
  }
  lines.push_back("  " + line);
  for (auto& each : lines) each.erase(each.find_last_not_of(' ') + 1);
  return lines;
}

}  // namespace bytepath::report
