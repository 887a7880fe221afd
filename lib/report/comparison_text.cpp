#include "report/comparison_text.h"

#include <algorithm>
#include <array>

#include "report/comparison_rows.h"
#include "report/printable.h"
#include "report/style.h"

namespace bytepath::report {
namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t max_prose_columns = 100;
constexpr std::size_t min_status_columns = 12;  // "inconclusive"
constexpr std::size_t reason_indent = 6;

struct Cell {
  std::string text;
  bool right_aligned;
};
// Metric, baseline, now, change: what stands in columns. The verdict follows and may be wrapped.
using Cells = std::array<Cell, 4>;
using Widths = std::array<std::size_t, 4>;

// A number or a change is never this long; what a document holds instead is cut.
constexpr Widths widest = {32, 16, 16, 40};

Cells header() {
  return {{{"metric", false}, {"baseline", true}, {"now", true}, {"change", false}}};
}

Cells cells_of(const result::ComparisonRow& row) {
  return {{{printable(row.metric), false},
           {printable(row.baseline), true},
           {printable(row.now), true},
           {row.change_text(), false}}};
}

std::string status_of(const result::ComparisonRow& row) {
  const std::string verdict = row.verdict.empty() ? "n/a" : row.verdict;
  return row.outcome.empty() ? verdict : verdict + ", " + row.outcome;
}

class ComparisonText {
 public:
  ComparisonText(const result::Table& table, const Target& target)
      : rows_(result::comparison_rows(table)), target_(target), style_(target.color) {}

  std::vector<std::string> render() {
    measure(header());
    for (const auto& row : rows_) measure(cells_of(row));
    lines_.push_back(style_.dim(columns(header()) + "verdict"));
    const std::string* benchmark = nullptr;
    for (const auto& row : rows_) {
      if (benchmark == nullptr || *benchmark != row.benchmark) name(row.benchmark);
      benchmark = &row.benchmark;
      status(row);
      reason(row.why);
    }
    return std::move(lines_);
  }

 private:
  void measure(const Cells& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      widths_[i] = std::min(std::max(widths_[i], display_width(cells[i].text)), widest[i]);
    }
  }

  std::string columns(const Cells& cells) const {
    std::string out;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      out += std::string(gap, ' ');
      out += fit(cells[i].text, widths_[i], cells[i].right_aligned, target_.unicode);
    }
    return out + std::string(gap, ' ');
  }

  void name(const std::string& benchmark) {
    for (auto& line : wrap(benchmark, target_.columns)) lines_.push_back(std::move(line));
  }

  std::string toned(const result::ComparisonRow& row, std::string_view text) const {
    if (row.verdict == "regression" || row.outcome == "failed") return style_.bad(text);
    if (row.verdict == "improvement") return style_.good(text);
    return is_quiet(row) ? std::string(text) : style_.caution(text);
  }

  void status(const result::ComparisonRow& row) {
    std::string lead = columns(cells_of(row));
    const std::size_t indent = display_width(lead);
    const std::size_t left = target_.columns > indent ? target_.columns - indent : 0;
    for (const auto& line : wrap(status_of(row), std::max(left, min_status_columns))) {
      lines_.push_back(lead + toned(row, line));
      lead.assign(indent, ' ');
    }
  }

  void reason(const std::string& why) {
    const std::size_t columns = std::min(target_.columns, max_prose_columns);
    for (const auto& line : wrap(why, columns - std::min(columns, reason_indent))) {
      lines_.push_back(std::string(reason_indent, ' ') + style_.dim(line));
    }
  }

  std::vector<result::ComparisonRow> rows_;
  Target target_;
  Style style_;
  Widths widths_{};
  std::vector<std::string> lines_;
};

}  // namespace

std::vector<std::string> comparison_lines(const result::Table& table, const Target& target) {
  return ComparisonText(table, target).render();
}

}  // namespace bytepath::report
