#include "report/html_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/units.h"
#include "report/axis.h"
#include "report/markup.h"

namespace bytepath::report {
namespace {

// Beyond this an interval beside each median would be most of the page.
constexpr std::size_t max_intervals = 1000;

// A table that scrolls by itself and can be reached by keyboard to do so. A group and no region: it
// is within one of the same name. End tags that HTML lets
// out are left out: a heat map has thousands of cells.
std::string scrolled(std::string_view caption, std::string_view rows, std::string_view style = "") {
  const std::string title = markup_text(caption);
  return fmt::format(
      "<div class=\"scroll{}\" role=\"group\" tabindex=\"0\" aria-label=\"{}\">\n"
      "<table>\n<caption>{}</caption>\n{}</table>\n</div>\n",
      style, title, title, rows);
}

// A part of a whole says so by its name.
bool is_share(const result::Column& column) {
  const std::string_view name = column.name;
  return column.unit == "percent" && (name == "share" || name.ends_with("_share") ||
                                      name.starts_with("share_") || name.starts_with("of_"));
}

// What fills a bar of the column; 0: it has none.
double full_bar(const result::Column& column) {
  constexpr double percent = 100;
  if (column.bar > 0) return column.bar;
  return is_share(column) ? percent : 0;
}

// The number stands in the cell as in all others; the bar behind it is for the eye only.
std::string bar_cell(const result::Value& value, const result::Column& column) {
  const double number = std::holds_alternative<double>(value)
                            ? std::get<double>(value)
                            : static_cast<double>(std::get<std::int64_t>(value));
  const double part = 100 * number / full_bar(column);
  if (!(part > 0)) return "";
  return fmt::format(R"(<td class="number bar" style="--part:{:.1f}%">{})", std::min(part, 100.0),
                     markup_text(format_value(value, column.unit)));
}

// A row begins with what it is the row of.
std::string row_header(std::string_view markup) {
  return fmt::format(R"(<tr><th scope="row" class="number">{})", markup);
}

std::string number_cell(const std::string& text) {
  return fmt::format("<td class=\"number\">{}", markup_text(text));
}

std::string column_header(std::string_view text, bool numeric) {
  return fmt::format("<th scope=\"col\"{}>{}", numeric ? " class=\"number\"" : "",
                     markup_text(text));
}

std::string point_text(const result::Point* point, std::string_view unit, bool interval) {
  if (point == nullptr) return "";
  std::string out = format_quantity(point->median, unit);
  if (interval && point->low < point->high) {
    out += fmt::format(" ({} to {})", format_quantity(point->low, unit),
                       format_quantity(point->high, unit));
  }
  return out;
}

}  // namespace

namespace {

std::vector<bool> same_in_all_rows(const result::Table& table) {
  std::vector<bool> same(table.columns.size(), table.rows.size() > 1);
  for (const auto& row : table.rows) {
    for (std::size_t i = 0; i < std::min(row.size(), same.size()); ++i) {
      const auto* text = std::get_if<std::string>(&row[i]);
      same[i] = same[i] && text != nullptr && !text->empty() && row[i] == table.rows[0][i];
    }
  }
  return same;
}

// Text that is the same in all rows stands once above them, where it takes no width.
std::string lines_above(const result::Table& table, const std::vector<bool>& same) {
  std::string out;
  for (std::size_t i = 0; i < same.size(); ++i) {
    if (!same[i]) continue;
    out += fmt::format("<p class=\"same\">{}: <b>{}</b></p>\n",
                       markup_text(spaced(table.columns[i].name)),
                       markup_text(format_value(table.rows[0][i], table.columns[i].unit)));
  }
  return out;
}

// Which columns have a number in any row.
std::vector<bool> numeric_columns(const result::Table& table) {
  std::vector<bool> numeric(table.columns.size(), false);
  for (const auto& row : table.rows) {
    for (std::size_t i = 0; i < std::min(row.size(), numeric.size()); ++i) {
      if (is_number(row[i])) numeric[i] = true;
    }
  }
  return numeric;
}

// A text that may be broken anywhere, so that it leaves room for the columns beside it.
constexpr std::size_t long_text = 24;

std::string text_cell(const std::string& text) {
  return fmt::format("<td{}>{}", text.size() > long_text ? " class=\"long\"" : "",
                     markup_text(text));
}

std::string table_cell(const result::Value& value, const result::Column& column, bool numeric) {
  if (is_number(value) && full_bar(column) > 0) {
    std::string cell = bar_cell(value, column);
    if (!cell.empty()) return cell;
  }
  const std::string text = format_value(value, column.unit);
  return numeric ? number_cell(text) : text_cell(text);
}

// Few numbers need no whole line, where the eye would lose the row between them; many are set
// closer.
std::string_view table_style(const std::vector<bool>& same, const std::vector<bool>& numeric,
                             bool has_bars) {
  constexpr std::size_t many = 9;
  std::size_t shown = 0;
  std::size_t numbers = 0;
  for (std::size_t i = 0; i < same.size(); ++i) {
    if (same[i]) continue;
    ++shown;
    if (numeric[i]) ++numbers;
  }
  if (shown >= many) return " close";
  return numbers == shown && !has_bars ? " narrow" : "";
}

}  // namespace

std::string html_table(const result::Table& table, std::string_view caption) {
  const auto same = same_in_all_rows(table);
  const auto numeric = numeric_columns(table);
  std::string rows = "<thead><tr>";
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (!same[i]) rows += column_header(spaced(table.columns[i].name), numeric[i]);
  }
  rows += "\n<tbody>\n";
  for (const auto& row : table.rows) {
    rows += "<tr>";
    for (std::size_t i = 0; i < std::min(row.size(), numeric.size()); ++i) {
      if (!same[i]) rows += table_cell(row[i], table.columns[i], numeric[i]);
    }
    rows += '\n';
  }
  const bool has_bars =
      std::ranges::any_of(table.columns, [](const auto& column) { return full_bar(column) > 0; });
  return lines_above(table, same) + scrolled(caption, rows, table_style(same, numeric, has_bars));
}

std::string html_samples_table(const Dots& dots) {
  std::string rows = "<thead><tr>" + column_header("run", true);
  std::size_t longest = 0;
  for (std::size_t i = 0; i < dots.metrics.size(); ++i) {
    rows += column_header(dots.names[i], true);
    longest = std::max(longest, dots.metrics[i]->samples.size());
  }
  rows += "\n<tbody>\n";
  for (std::size_t run = 0; run < std::min(longest, result::max_samples); ++run) {
    rows += row_header(fmt::to_string(run + 1));
    for (const auto* metric : dots.metrics) {
      rows += number_cell(
          run < metric->samples.size() ? format_quantity(metric->samples[run], metric->unit) : "");
    }
    rows += '\n';
  }
  return scrolled(dots.title, rows);
}

std::string html_series_table(const Chart& chart) {
  std::map<double, std::vector<const result::Point*>> by_x;
  std::size_t points = 0;
  for (std::size_t i = 0; i < chart.series.size(); ++i) {
    for (const auto& point : chart.series[i]->points) {
      if (!std::isfinite(point.x)) continue;
      auto& row = by_x[point.x];
      row.resize(chart.series.size());
      row[i] = &point;
      ++points;
    }
  }
  const auto& first = *chart.series.front();
  std::string rows = "<thead><tr>" + column_header(axis_title(first.x_label, first.x_unit), true);
  for (const auto& name : chart.names) rows += column_header(name, true);
  rows += "\n<tbody>\n";
  for (const auto& [x, row] : by_x) {
    rows += row_header(markup_text(format_quantity(x, first.x_unit)));
    for (std::size_t i = 0; i < row.size(); ++i) {
      rows += number_cell(point_text(row[i], chart.series[i]->unit, points <= max_intervals));
    }
    rows += '\n';
  }
  const std::string_view what = points <= max_intervals ? "medians and their intervals" : "medians";
  return scrolled(fmt::format("{}: {}", chart.title, what), rows);
}

std::string html_heat_table(const result::HeatMap& map) {
  std::string rows =
      "<thead><tr>" + column_header(fmt::format("{} / {}", map.y_label, map.x_label), true);
  for (const double x : map.x) rows += column_header(format_tick(x, ""), true);
  rows += "\n<tbody>\n";
  for (std::size_t row = 0; row < map.values.size(); ++row) {
    rows += row_header(map.y_names.empty() ? format_tick(map.y[row], "")
                                           : markup_text(map.y_names[row]));
    for (const double value : map.values[row]) rows += "<td>" + format_number(value);
    rows += '\n';
  }
  return scrolled(axis_title(map.title, map.unit), rows);
}

std::string html_metrics_table(const std::vector<result::Metric>& metrics) {
  std::string rows =
      "<thead><tr>" + column_header("metric", false) + column_header("labels", false);
  for (const auto* name : {"median", "low", "high", "count"}) rows += column_header(name, true);
  rows += "\n<tbody>\n";
  for (const auto& metric : metrics) {
    rows += fmt::format("<tr><td>{}<td>{}", markup_text(spaced(metric.name)),
                        markup_text(format_labels(metric.labels)));
    for (const double value : {metric.median, metric.low, metric.high}) {
      rows += number_cell(format_quantity(value, metric.unit));
    }
    rows += number_cell(fmt::to_string(metric.count)) + '\n';
  }
  return scrolled("Metrics", rows);
}

std::string folded_html(std::string_view summary, std::string_view content) {
  return fmt::format("<details><summary>{}</summary>\n{}</details>\n", summary, content);
}

}  // namespace bytepath::report
