#include <fmt/format.h>

#include <algorithm>

#include "report/comparison_markdown.h"
#include "report/comparison_rows.h"
#include "report/heat_plot.h"
#include "report/line_plot.h"
#include "report/markdown_text.h"
#include "report/markup.h"
#include "report/present.h"
#include "report/printable.h"
#include "report/report.h"
#include "report/text_table.h"
#include "report/timeline_plot.h"

namespace bytepath::report {
namespace {

using result::Document;
using result::Finding;
using Parts = std::vector<std::string>;  // what may be left out as a whole

// Plots in an issue are plain text in a box of this width.
constexpr Target plot_target = {.color = false, .unicode = true, .columns = 90};

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

void append_findings(Parts& parts, const Document& document) {
  for (const Finding* finding : by_severity(document)) {
    std::string& out = parts.emplace_back();
    out = fmt::format("- **{}: {}** {}", name_of(finding->severity), markdown_text(finding->id),
                      markdown_text(finding->text));
    const std::string evidence = format_evidence(finding->evidence);
    if (!evidence.empty()) out += fmt::format("\\\n  {}", markdown_text(evidence));
    out += '\n';
  }
  if (!document.findings.empty()) parts.back() += '\n';
}

void append_table(Parts& parts, const result::Table& table) {
  std::string& out = parts.emplace_back();
  if (!table.title.empty()) out += fmt::format("### {}\n\n", markdown_text(table.title));
  std::string divider = "|";
  out += '|';
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const bool numeric = std::ranges::any_of(
        table.rows, [&](const auto& row) { return i < row.size() && is_number(row[i]); });
    out += fmt::format(" {} |", markdown_text(column_title(table.columns[i])));
    divider += numeric ? " ---: |" : " --- |";
  }
  out += '\n' + divider + '\n';
  for (const auto& row : table.rows) {
    out += '|';
    for (std::size_t i = 0; i < std::min(row.size(), table.columns.size()); ++i) {
      out += fmt::format(" {} |", markdown_text(format_value(row[i], table.columns[i].unit)));
    }
    out += '\n';
  }
  out += '\n';
}

void append_plots(Parts& parts, const Document& document, bool verbose) {
  for (const auto& chart : charts(document, verbose)) {
    parts.push_back(folded(chart.title, line_plot(chart, plot_target)));
  }
  for (const auto& map : document.heatmaps) {
    if (map.title.empty() && !verbose) continue;
    parts.push_back(
        folded(map.title.empty() ? spaced(map.name) : map.title, heat_plot(map, plot_target)));
  }
}

void append_remedies(Parts& parts, const Document& document) {
  for (const Finding* finding : by_severity(document)) {
    if (finding->remedies.empty()) continue;
    std::string& out = parts.emplace_back();
    out = fmt::format("### What to do about {}\n\n", markdown_text(finding->id));
    for (std::size_t i = 0; i < finding->remedies.size(); ++i) {
      const auto& remedy = finding->remedies[i];
      out += fmt::format("{}. {} ({})\n\n", i + 1, markdown_text(remedy.text),
                         name_of(remedy.verified));
      if (!remedy.command.empty()) out += fenced("sh", printable(remedy.command)) + '\n';
    }
  }
}

void append_not_measured(Parts& parts, const Document& document) {
  if (document.not_measured.empty()) return;
  std::string& out = parts.emplace_back("### Not measured\n\n");
  for (const auto& each : document.not_measured) {
    out += fmt::format("- {}: {}", markdown_text(each.what), markdown_text(each.reason));
    if (!each.remedy.empty()) out += fmt::format(" ({})", markdown_text(each.remedy));
    out += '\n';
  }
  out += '\n';
}

// At most `longest` bytes of each text of the document.
std::string head_of(const Document& document, std::size_t longest) {
  const auto text = [&](std::string_view whole) { return markdown_text(cut(whole, longest)); };
  std::string out = fmt::format("## {}\n\n", text(document.tool));
  if (!document.complete) {
    out += "> **Incomplete:** this run was interrupted; it shows what was measured until then.\n\n";
  }
  if (!document.verdict.text.empty()) {
    out += fmt::format("**{}**\n\n", text(document.verdict.text));
  }
  return out;
}

std::string foot_of(const Document& document, std::size_t longest) {
  const auto text = [&](std::string_view whole) { return markdown_text(cut(whole, longest)); };
  const std::string host = host_line(document.host);
  return fmt::format("{} {}{}{}\n", text(document.tool), text(document.tool_version),
                     host.empty() ? "" : " on ", text(host));
}

}  // namespace

namespace {

// NOLINTNEXTLINE(misc-no-recursion)
std::string of_parts(const Document& document, const Target& target) {
  constexpr std::size_t whole = std::string::npos;
  std::string out = head_of(document, whole);
  for (const auto& part : document.parts) {
    out += fmt::format(
        "- **{}**: {}\n", markdown_text(part.tool),
        markdown_text(part.verdict.text.empty() ? part.verdict.state : part.verdict.text));
  }
  out += '\n';
  for (const auto& part : document.parts) out += render_markdown(part, target) + '\n';
  return out + foot_of(document, whole);
}

}  // namespace

// NOLINTNEXTLINE(misc-no-recursion): parts have no parts
std::string render_markdown(const Document& document, const Target& target) {
  if (!document.parts.empty()) return of_parts(document, target);
  const result::Table* comparisons = result::comparison_table(document);
  Parts parts;
  append_findings(parts, document);
  for (const auto& table : document.tables) {
    if (&table == comparisons) continue;
    if (table.time_bars && !table.title.empty())
      parts.push_back(folded(table.title, timeline_plot(table, plot_target)));
    if (table.time_bars && !target.verbose) continue;
    if (!table.title.empty() || target.verbose) append_table(parts, table);
  }
  append_plots(parts, document, target.verbose);
  append_remedies(parts, document);
  append_not_measured(parts, document);
  if (comparisons != nullptr) {
    return comparison_markdown(document, *comparisons,
                               {.head = head_of(document, max_comparison_text),
                                .body = std::move(parts),
                                .foot = foot_of(document, max_comparison_text)});
  }
  constexpr std::size_t whole = std::string::npos;
  return fmt::format("{}{}{}", head_of(document, whole), fmt::join(parts, ""),
                     foot_of(document, whole));
}

}  // namespace bytepath::report
