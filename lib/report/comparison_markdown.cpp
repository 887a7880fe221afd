#include "report/comparison_markdown.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "report/comparison_rows.h"
#include "report/markdown_text.h"
#include "report/present.h"

namespace bytepath::report {
namespace {

using result::Document;
using Rows = std::vector<result::ComparisonRow>;

constexpr std::size_t max_name = 200;    // bytes of a tool's or suite's name in the marker
constexpr std::size_t max_cell = 200;    // bytes of a cell: commands can be long
constexpr std::size_t max_notice = 100;  // more than any line that says what was left out
constexpr std::size_t max_summary = 200;

// Nothing that ends a comment (HTML, "Comments": no "-->", "--!>" within).
std::string marker_name(std::string_view name) {
  std::string out;
  for (const char c : cut(name, max_name)) {
    if (c == '-' && out.ends_with('-')) continue;
    out += c == '>' ? '_' : c;
  }
  return out;
}

std::string marker(const Document& document) {
  const auto found = document.parameters.find("name");
  const std::string* name =
      found == document.parameters.end() ? nullptr : std::get_if<std::string>(&found->second);
  return fmt::format("<!-- bytepath:{}{}{} -->\n", marker_name(document.tool),
                     name == nullptr ? "" : ":", name == nullptr ? "" : marker_name(*name));
}

std::string more(std::size_t count, std::string_view what) {
  return count == 0 ? std::string{}
                    : fmt::format("… and {} more {}{} (see the JSON)\n\n", count, what,
                                  count == 1 ? "" : "s");
}

std::string cell(std::string_view text) { return markdown_text(cut(text, max_cell)); }

std::string line_of(const result::ComparisonRow& row, bool gates) {
  std::string out =
      fmt::format("| {} | {} | {} | {} | {} | {} |", cell(row.benchmark), cell(row.metric),
                  cell(row.baseline), cell(row.now), cell(row.change_text()), cell(row.verdict));
  if (gates) out += fmt::format(" {} |", cell(gate_text(row)));
  return out + '\n';
}

// As many of the rows as `budget` bytes hold, with the line about the others.
std::string table_of(const Rows& rows, std::size_t budget) {
  if (rows.empty()) return {};
  const bool gates = std::ranges::any_of(rows, [](const auto& r) { return !gate_text(r).empty(); });
  std::string out = fmt::format(
      "| benchmark | metric | baseline | now | change | verdict |{}\n"
      "| --- | --- | ---: | ---: | ---: | --- |{}\n",
      gates ? " gate |" : "", gates ? " --- |" : "");
  std::size_t shown = 0;
  for (; shown < rows.size(); ++shown) {
    const std::string line = line_of(rows[shown], gates);
    if (out.size() + line.size() + max_notice > budget) break;
    out += line;
  }
  if (shown == 0) return more(rows.size(), "row");
  return out + '\n' + more(rows.size() - shown, "row");
}

// "3 unchanged, 1 inconclusive": of what is inconclusive nobody knows whether it changed.
std::string summary_of(const Rows& rows) {
  const auto inconclusive =
      std::ranges::count(rows, std::string_view("inconclusive"), &result::ComparisonRow::verdict);
  const auto unchanged = std::ssize(rows) - inconclusive;
  if (inconclusive == 0) return fmt::format("{} unchanged", unchanged);
  if (unchanged == 0) return fmt::format("{} inconclusive", inconclusive);
  return fmt::format("{} unchanged, {} inconclusive", unchanged, inconclusive);
}

std::string folded(const Rows& rows, std::size_t budget) {
  if (rows.empty()) return {};
  return fmt::format("<details><summary>{}</summary>\n\n{}</details>\n\n", summary_of(rows),
                     table_of(rows, budget - max_summary));
}

std::size_t rank(const result::ComparisonRow& row) {
  if (row.outcome == "failed") return 0;
  if (row.verdict == "regression") return 1;
  return row.outcome == "not judged" ? 2 : 3;
}

// Failed ones first; the table's order within a rank.
Rows worst_first(const Rows& rows) {
  Rows out;
  for (std::size_t wanted = 0; wanted <= 3; ++wanted) {
    for (const auto& row : rows) {
      if (!is_quiet(row) && rank(row) == wanted) out.push_back(row);
    }
  }
  return out;
}

std::string fitting(const std::vector<std::string>& parts, std::size_t budget) {
  std::string out;
  std::size_t left_out = 0;
  for (const auto& part : parts) {
    if (out.size() + part.size() + max_notice > budget) {
      ++left_out;
    } else {
      out += part;
    }
  }
  return left_out == 0 ? out : out + '\n' + more(left_out, "part");
}

}  // namespace

std::string comparison_markdown(const Document& document, const result::Table& table,
                                const MarkdownParts& parts) {
  const Rows rows = result::comparison_rows(table);
  Rows quiet;
  std::ranges::copy_if(rows, std::back_inserter(quiet), is_quiet);
  const std::string head = marker(document) + parts.head;
  const std::string body = fitting(parts.body, max_comparison_markdown / 2);
  std::size_t left = max_comparison_markdown - head.size() - body.size() - parts.foot.size();
  const std::string changed = table_of(worst_first(rows), left - max_summary - max_notice);
  left -= changed.size();
  return head + changed + folded(quiet, left) + body + parts.foot;
}

}  // namespace bytepath::report
