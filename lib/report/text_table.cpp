#include "report/text_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
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

std::size_t total_of(const Layout& layout) {
  std::size_t total = 0;
  for (const std::size_t width : layout.widths) total += width + gap;
  return total;
}

std::size_t longest_word(std::string_view text) {
  std::size_t longest = 0;
  for (const auto& word : words(text)) longest = std::max(longest, display_width(word));
  return longest;
}

// Takes columns from the widest cells until the table fits or nothing can be taken: text is
// wrapped, a number cut in half would be a wrong number.
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

// Words wider than the column are cut and go on in the next line: a name that is cut off is lost.
std::vector<std::string> wrap_hard(std::string_view text, std::size_t columns) {
  std::vector<std::string> lines;
  for (const auto& piece : wrap(text, columns)) {
    const bool plain = std::ranges::all_of(piece, [](char c) { return c >= ' ' && c <= '~'; });
    std::string_view rest = piece;
    while (plain && rest.size() > columns) {
      lines.emplace_back(rest.substr(0, columns));
      rest.remove_prefix(columns);
    }
    lines.emplace_back(rest);
  }
  return lines;
}

// A row of cells, on as many lines as its longest wrapped text needs.
std::vector<std::string> lines_of(const std::vector<std::string>& cells, const Layout& layout,
                                  const Target& target, bool is_header = false) {
  std::vector<std::vector<std::string>> wrapped;
  std::size_t height = 1;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const bool whole = layout.numeric[i] && !is_header;
    wrapped.push_back(whole ? std::vector{cells[i]} : wrap_hard(cells[i], layout.widths[i]));
    height = std::max(height, wrapped.back().size());
  }
  std::vector<std::string> lines(height);
  for (std::size_t l = 0; l < height; ++l) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string_view part = l < wrapped[i].size() ? std::string_view(wrapped[i][l]) : "";
      lines[l] += std::string(gap, ' ');
      lines[l] += fit(part, layout.widths[i], layout.numeric[i], target.unicode);
    }
    lines[l].erase(lines[l].find_last_not_of(' ') + 1);
  }
  return lines;
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
  std::vector<std::size_t> cell_widths(table.columns.size(), 0);
  std::vector<std::vector<std::string>> rows;
  for (const auto& row : table.rows) {
    auto& cells = rows.emplace_back();
    for (std::size_t i = 0; i < std::min(row.size(), table.columns.size()); ++i) {
      cells.push_back(printable(format_value(row[i], table.columns[i].unit)));
      cell_widths[i] = std::max(cell_widths[i], display_width(cells.back()));
      layout.widths[i] = std::max(layout.widths[i], cell_widths[i]);
      if (is_number(row[i])) layout.numeric[i] = true;
    }
  }
  // Rather a header of two lines than a name cut in pieces.
  if (total_of(layout) > target.columns) {
    for (std::size_t i = 0; i < layout.widths.size(); ++i) {
      if (layout.numeric[i]) layout.widths[i] = std::max(longest_word(header[i]), cell_widths[i]);
    }
  }
  shrink(layout, target.columns);
  const Style style(target.color);
  std::vector<std::string> lines;
  for (const auto& line : lines_of(header, layout, target, true)) lines.push_back(style.dim(line));
  for (const auto& row : rows) {
    for (auto& line : lines_of(row, layout, target)) lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace bytepath::report
