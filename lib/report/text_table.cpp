#include "report/text_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/present.h"
#include "report/printable.h"
#include "report/style.h"

namespace bytepath::report {
namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t min_text_columns = 8;
constexpr std::size_t min_number_columns = 24;  // more than any number with a sensible unit

struct Layout {
  std::vector<std::size_t> widths;
  std::vector<bool> numeric;
};

// Takes columns from the widest cells until the table fits or nothing can be cut: a number cut in
// half would be a wrong number.
void shrink(Layout& layout, std::size_t columns) {
  for (;;) {
    std::size_t total = 0;
    std::size_t widest = layout.widths.size();
    for (std::size_t i = 0; i < layout.widths.size(); ++i) {
      total += layout.widths[i] + gap;
      if (layout.widths[i] <= (layout.numeric[i] ? min_number_columns : min_text_columns)) continue;
      if (widest == layout.widths.size() || layout.widths[i] > layout.widths[widest]) widest = i;
    }
    if (total <= columns || widest == layout.widths.size()) return;
    --layout.widths[widest];
  }
}

std::string line_of(const std::vector<std::string>& cells, const Layout& layout,
                    const Target& target) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    line += std::string(gap, ' ');
    line += fit(cells[i], layout.widths[i], layout.numeric[i], target.unicode);
  }
  return line.erase(line.find_last_not_of(' ') + 1);
}

}  // namespace

std::string column_title(const result::Column& column) { return spaced(column.name); }

std::vector<std::string> text_table(const result::Table& table, const Target& target) {
  std::vector<std::string> header;
  Layout layout;
  for (const auto& column : table.columns) {
    header.push_back(printable(column_title(column)));
    layout.widths.push_back(display_width(header.back()));
  }
  layout.numeric.assign(table.columns.size(), false);
  std::vector<std::vector<std::string>> rows;
  for (const auto& row : table.rows) {
    auto& cells = rows.emplace_back();
    for (std::size_t i = 0; i < std::min(row.size(), table.columns.size()); ++i) {
      cells.push_back(printable(format_value(row[i], table.columns[i].unit)));
      layout.widths[i] = std::max(layout.widths[i], display_width(cells.back()));
      if (is_number(row[i])) layout.numeric[i] = true;
    }
  }
  shrink(layout, target.columns);
  const Style style(target.color);
  std::vector<std::string> lines = {style.dim(line_of(header, layout, target))};
  for (const auto& row : rows) lines.push_back(line_of(row, layout, target));
  return lines;
}

}  // namespace bytepath::report
