#include "explain/profile_text.h"

#include <algorithm>
#include <map>
#include <vector>

#include "base/units.h"
#include "report/printable.h"
#include "report/text_table.h"

namespace bytepath::explain {
namespace {

using result::Document;
using result::Table;
using result::Value;

const Table* find_table(const Document& document, std::string_view name) {
  const auto found = std::ranges::find(document.tables, name, &Table::name);
  return found == document.tables.end() ? nullptr : &*found;
}

// One row by the names of its columns.
class Cells {
 public:
  Cells(const Table& table, const std::vector<Value>& row) : table_(table), row_(row) {}

  std::string text(std::string_view column) const {
    const auto* held = std::get_if<std::string>(find(column));
    return held == nullptr ? "" : report::printable(*held);
  }
  double number(std::string_view column) const {
    const Value* value = find(column);
    if (const auto* whole = std::get_if<std::int64_t>(value)) return static_cast<double>(*whole);
    const auto* held = std::get_if<double>(value);
    return held == nullptr ? 0 : *held;
  }
  bool is_true(std::string_view column) const { return *find(column) == Value(true); }

 private:
  const Value* find(std::string_view column) const {
    static const Value none;
    const auto found = std::ranges::find(table_.columns, column, &result::Column::name);
    const auto at = static_cast<std::size_t>(found - table_.columns.begin());
    return at < row_.size() ? &row_[at] : &none;
  }
  const Table& table_;
  const std::vector<Value>& row_;
};

std::string file_name(const std::string& path) {
  return path.contains('/') ? path.substr(path.rfind('/') + 1) : path;
}

std::string instruction_line(const Cells& cells) {
  // What stands around the hot ones and was not met by any sample has no number.
  const std::string share =
      cells.number("samples") > 0 ? fmt::format("{:.1f} %", cells.number("share")) : "";
  std::string line =
      fmt::format("{:>10}    {:>6}  {}", share,
                  fmt::format("+{:#x}", static_cast<std::uint64_t>(cells.number("offset"))),
                  cells.text("instruction"));
  for (const char* more : {"note", "source"})
    if (const std::string text = cells.text(more); !text.empty()) line += "   " + text;
  return line + "\n";
}

// What was executed less often than this is in the report, not on the terminal.
constexpr double least_percent = 1;

}  // namespace

std::string hot_text(const Document& document, const report::Style& style) {
  const Table* const functions = find_table(document, "hot_functions");
  const Table* const instructions = find_table(document, "hot_instructions");
  if (functions == nullptr || instructions == nullptr) return {};
  struct Listing {
    std::string lines;
    bool hot = false;
  };
  std::map<std::pair<std::string, std::string>, Listing> listings;
  for (const auto& row : instructions->rows) {
    const Cells cells(*instructions, row);
    Listing& listing = listings[{cells.text("command"), cells.text("function")}];
    listing.lines += instruction_line(cells);
    listing.hot |= cells.number("share") >= least_percent;
  }
  std::string text;
  std::string command;
  for (const auto& row : functions->rows) {
    const Cells cells(*functions, row);
    if (cells.text("command") != command) {
      command = cells.text("command");
      text += fmt::format("{} of {}\n", style.bold("CPU time"), command);
    }
    if (cells.number("share") < least_percent) continue;
    text += fmt::format("{:5.1f} %  {}  ({}, {})\n", cells.number("share"),
                        style.bold(cells.text("function")), file_name(cells.text("image")),
                        cells.text("entry"));
    // Of a function that was entered in several ways only once.
    const Listing listing = std::exchange(listings[{command, cells.text("function")}], {});
    if (listing.hot) text += listing.lines;
  }
  return text + "\n";
}

std::string calls_text(const Document& document, const report::Style& style,
                       const report::Target& target) {
  std::string text;
  for (const auto& table : document.tables) {
    if (!table.name.starts_with("syscalls_")) continue;
    text += style.bold(report::printable(table.title)) + "\n";
    for (const auto& line : report::text_table(table, target)) text += line + "\n";
    text += "\n";
  }
  return text;
}

std::string why_text(const Document& document, const report::Style& style) {
  const Table* const table = find_table(document, "explanation");
  if (table == nullptr) return {};
  std::string text;
  for (const auto& finding : document.findings) {
    if (!finding.id.starts_with("run.why.")) continue;
    text += fmt::format("{}: {}\n", style.bold("Why"), report::printable(finding.text));
    for (const auto& remedy : finding.remedies) {
      text += fmt::format("  - {}\n", report::printable(remedy.text));
      if (!remedy.command.empty())
        text += fmt::format("      {}\n", report::printable(remedy.command));
    }
  }
  for (const auto& row : table->rows) {
    const Cells cells(*table, row);
    if (cells.is_true("explains")) continue;
    const std::string image = file_name(cells.text("image"));
    text += fmt::format("  {:6.1f} %  {:>9}  {}{}{}\n", cells.number("share"),
                        format_quantity(cells.number("difference"), "ns"), cells.text("cause"),
                        cells.text("what").empty() ? "" : " " + cells.text("what"),
                        image.empty() || image == "[kernel]" ? "" : " of " + image);
  }
  return text.empty() ? text : text + "\n";
}

}  // namespace bytepath::explain
