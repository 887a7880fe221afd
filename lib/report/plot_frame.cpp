#include "report/plot_frame.h"

#include <algorithm>
#include <utility>

#include "report/printable.h"

namespace bytepath::report {
namespace {

constexpr std::size_t max_plot_columns = 100;
constexpr std::size_t max_label_columns = 16;
constexpr std::size_t border = 3;  // space, label, space, axis

std::string axis_line(const std::vector<bool>& ticked, bool unicode) {
  std::string axis = unicode ? "└" : "+";
  for (const bool tick : ticked) {
    if (unicode) {
      axis += tick ? "┬" : "─";
    } else {
      axis += tick ? '+' : '-';
    }
  }
  return axis;
}

}  // namespace

PlotFrame::PlotFrame(std::vector<std::string> row_labels, const Target& target)
    : labels_(std::move(row_labels)), unicode_(target.unicode) {
  for (const auto& label : labels_) label_width_ = std::max(label_width_, display_width(label));
  label_width_ = std::min(label_width_, max_label_columns);
  const std::size_t taken = label_width_ + border;
  const std::size_t columns = std::min(target.columns, max_plot_columns);
  width_ = columns > taken + 10 ? columns - taken : 10;
}

std::string PlotFrame::row(std::size_t row, const std::string& content) const {
  const bool tick = !labels_[row].empty();
  std::string_view axis = tick ? "+" : "|";
  if (unicode_) axis = tick ? "┤" : "│";
  return " " + fit(labels_[row], label_width_, true, unicode_) + " " + std::string(axis) + content;
}

std::vector<std::string> PlotFrame::bottom(const std::vector<Mark>& marks, const std::string& title,
                                           std::size_t used) const {
  if (used == 0) used = width_;
  std::vector<bool> ticked(used, false);
  std::string labels(label_width_ + border, ' ');
  std::size_t end = label_width_ + border;  // in columns; the text may have more bytes
  bool first = true;
  for (const auto& mark : marks) {
    const std::size_t length = display_width(mark.text);
    const std::size_t centre = label_width_ + border + mark.column;
    const std::size_t right = label_width_ + border + width_;
    if (mark.column >= used || length > right) continue;
    const std::size_t start =
        std::min(centre > length / 2 ? centre - length / 2 : 0, right - length);
    if (!first && start < end + 1) continue;
    if (start > end) {
      labels.append(start - end, ' ');
      end = start;
    } else if (start < end) {
      labels.resize(start);
      end = start;
    }
    ticked[mark.column] = true;
    labels += mark.text;
    end += length;
    first = false;
  }
  const std::string margin(label_width_ + 2, ' ');
  std::vector<std::string> lines = {margin + axis_line(ticked, unicode_), labels};
  if (!title.empty()) {
    const std::string shown = shorten(title, width_, unicode_);
    const std::size_t length = display_width(shown);
    const std::size_t indent = used > length ? (used - length) / 2 : 0;
    lines.push_back(std::string(label_width_ + border + indent, ' ') + shown);
  }
  return lines;
}

}  // namespace bytepath::report
