#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "report/present.h"
#include "report/printable.h"
#include "report/report.h"

namespace bytepath::report {
namespace {

using result::Document;
using result::Labels;

// RFC 4180: lines end in CRLF; a field with a comma or a quote is quoted. A line break or any other
// control character would reach the terminal, and many readers take a line for a record.
std::string field(std::string_view text) {
  std::string shown = printable(text);
  if (shown.find_first_of(",\"") == std::string::npos) return shown;
  std::string out = "\"";
  for (const char c : shown) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

// "kernel=rep_movsb;size=4096"; a backslash before \ ; = within names and values.
std::string label_field(const Labels& labels) {
  std::string out;
  const auto append = [&](std::string_view text) {
    for (const char c : text) {
      if (c == '\\' || c == ';' || c == '=') out += '\\';
      out += c;
    }
  };
  for (const auto& [key, value] : labels) {
    if (!out.empty()) out += ';';
    append(key);
    out += '=';
    append(value);
  }
  return out;
}

// One line of the long format: every number of a document has the same columns.
struct Line {
  std::string_view kind;
  std::string_view name;
  Labels labels;
  std::string key;  // a table's column
  std::string x;    // the series' and heat map's x, the table's row from 0
  std::string y;    // the heat map's y
  std::string value;
  std::string low;
  std::string high;
  std::string count;
  std::string_view unit;
};

void append(std::string& out, const Line& line) {
  out += field(line.kind) + ',' + field(line.name) + ',' + field(label_field(line.labels)) + ',' +
         field(line.key) + ',' + line.x + ',' + line.y + ',' + field(line.value) + ',' + line.low +
         ',' + line.high + ',' + line.count + ',' + field(line.unit) + "\r\n";
}

void append_metrics(std::string& out, const Document& document) {
  for (const auto& metric : document.metrics) {
    append(out, {.kind = "metric",
                 .name = metric.name,
                 .labels = metric.labels,
                 .value = format_exact(metric.median),
                 .low = format_exact(metric.low),
                 .high = format_exact(metric.high),
                 .count = fmt::to_string(metric.count),
                 .unit = metric.unit});
  }
}

void append_series(std::string& out, const Document& document) {
  for (const auto& series : document.series) {
    for (const auto& point : series.points) {
      append(out, {.kind = "series",
                   .name = series.name,
                   .labels = series.labels,
                   .x = format_exact(point.x),
                   .value = format_exact(point.median),
                   .low = format_exact(point.low),
                   .high = format_exact(point.high),
                   .count = fmt::to_string(point.count),
                   .unit = series.unit});
    }
  }
}

void append_heatmaps(std::string& out, const Document& document) {
  for (const auto& map : document.heatmaps) {
    for (std::size_t row = 0; row < map.values.size(); ++row) {
      for (std::size_t column = 0; column < map.values[row].size(); ++column) {
        append(out, {.kind = "heatmap",
                     .name = map.name,
                     .labels = map.labels,
                     .x = format_exact(map.x[column]),
                     .y = format_exact(map.y[row]),
                     .value = format_exact(map.values[row][column]),
                     .unit = map.unit});
      }
    }
  }
}

void append_histograms(std::string& out, const Document& document) {
  for (const auto& each : document.histograms) {
    for (const auto& bucket : each.histogram.buckets()) {
      append(out, {.kind = "histogram",
                   .name = each.name,
                   .labels = each.labels,
                   .x = fmt::to_string(bucket.first),
                   .y = fmt::to_string(bucket.last),
                   .count = fmt::to_string(bucket.count),
                   .unit = each.unit});
    }
  }
}

void append_tables(std::string& out, const Document& document) {
  for (const auto& table : document.tables) {
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
      const auto& cells = table.rows[row];
      for (std::size_t i = 0; i < std::min(cells.size(), table.columns.size()); ++i) {
        append(out, {.kind = "table",
                     .name = table.name,
                     .key = table.columns[i].name,
                     .x = fmt::to_string(row),
                     .value = format_exact(cells[i]),
                     .unit = table.columns[i].unit});
      }
    }
  }
}

}  // namespace

std::string render_csv(const Document& document, const Target&) {
  std::string out = "kind,name,labels,key,x,y,value,low,high,count,unit\r\n";
  append_metrics(out, document);
  append_series(out, document);
  append_heatmaps(out, document);
  append_histograms(out, document);
  append_tables(out, document);
  return out;
}

}  // namespace bytepath::report
