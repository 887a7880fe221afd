#include <fmt/format.h>

#include <algorithm>

#include "report/heat_plot.h"
#include "report/line_plot.h"
#include "report/markup.h"
#include "report/present.h"
#include "report/printable.h"
#include "report/report.h"
#include "report/text_table.h"

namespace bytepath::report {
namespace {

using result::Document;
using result::Finding;

// Plots in an issue are plain text in a box of this width.
constexpr Target plot_target = {.color = false, .unicode = true, .columns = 90};

// GitHub-flavoured Markdown: whatever would become markup, HTML or the end of a table cell. An
// underscore within a word is none.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    if (std::string_view("\\`*[]<>|~#&").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

// A block that its content cannot end: the fence is longer than any run of backticks in it.
std::string fenced(std::string_view language, std::string_view content) {
  std::size_t longest = 2;
  std::size_t run = 0;
  for (const char c : content) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  const std::string fence(longest + 1, '`');
  return fmt::format("{}{}\n{}\n{}\n", fence, language, content, fence);
}

// The summary is HTML, where Markdown's escapes mean nothing.
std::string folded(std::string_view title, const std::vector<std::string>& lines) {
  return fmt::format("<details><summary>{}</summary>\n\n{}\n</details>\n\n", markup_text(title),
                     fenced("text", fmt::format("{}", fmt::join(lines, "\n"))));
}

void append_findings(std::string& out, const Document& document) {
  for (const Finding* finding : by_severity(document)) {
    out += fmt::format("- **{}: {}** {}", name_of(finding->severity), escaped(finding->id),
                       escaped(finding->text));
    const std::string evidence = format_evidence(finding->evidence);
    if (!evidence.empty()) out += fmt::format("\\\n  {}", escaped(evidence));
    out += '\n';
  }
  if (!document.findings.empty()) out += '\n';
}

void append_table(std::string& out, const result::Table& table) {
  if (!table.title.empty()) out += fmt::format("### {}\n\n", escaped(table.title));
  std::string divider = "|";
  out += '|';
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const bool numeric = std::ranges::any_of(
        table.rows, [&](const auto& row) { return i < row.size() && is_number(row[i]); });
    out += fmt::format(" {} |", escaped(column_title(table.columns[i])));
    divider += numeric ? " ---: |" : " --- |";
  }
  out += '\n' + divider + '\n';
  for (const auto& row : table.rows) {
    out += '|';
    for (std::size_t i = 0; i < std::min(row.size(), table.columns.size()); ++i) {
      out += fmt::format(" {} |", escaped(format_value(row[i], table.columns[i].unit)));
    }
    out += '\n';
  }
  out += '\n';
}

void append_plots(std::string& out, const Document& document, bool verbose) {
  for (const auto& chart : charts(document, verbose)) {
    out += folded(chart.title, line_plot(chart, plot_target));
  }
  for (const auto& map : document.heatmaps) {
    if (map.title.empty() && !verbose) continue;
    out += folded(map.title.empty() ? spaced(map.name) : map.title, heat_plot(map, plot_target));
  }
}

void append_remedies(std::string& out, const Document& document) {
  for (const Finding* finding : by_severity(document)) {
    if (finding->remedies.empty()) continue;
    out += fmt::format("### What to do about {}\n\n", escaped(finding->id));
    for (std::size_t i = 0; i < finding->remedies.size(); ++i) {
      const auto& remedy = finding->remedies[i];
      out += fmt::format("{}. {} ({})\n\n", i + 1, escaped(remedy.text), name_of(remedy.verified));
      if (!remedy.command.empty()) out += fenced("sh", printable(remedy.command)) + '\n';
    }
  }
}

void append_not_measured(std::string& out, const Document& document) {
  if (document.not_measured.empty()) return;
  out += "### Not measured\n\n";
  for (const auto& each : document.not_measured) {
    out += fmt::format("- {}: {}", escaped(each.what), escaped(each.reason));
    if (!each.remedy.empty()) out += fmt::format(" ({})", escaped(each.remedy));
    out += '\n';
  }
  out += '\n';
}

}  // namespace

std::string render_markdown(const Document& document, const Target& target) {
  std::string out = fmt::format("## {}\n\n", escaped(document.tool));
  if (!document.complete) {
    out += "> **Incomplete:** this run was interrupted; it shows what was measured until then.\n\n";
  }
  if (!document.verdict.text.empty()) {
    out += fmt::format("**{}**\n\n", escaped(document.verdict.text));
  }
  append_findings(out, document);
  for (const auto& table : document.tables) {
    if (!table.title.empty() || target.verbose) append_table(out, table);
  }
  append_plots(out, document, target.verbose);
  append_remedies(out, document);
  append_not_measured(out, document);
  return out + fmt::format("{} {} on {}\n", escaped(document.tool), escaped(document.tool_version),
                           escaped(host_line(document.host)));
}

}  // namespace bytepath::report
