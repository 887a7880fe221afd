#include "verdict/prefetch_rules.h"

#include "base/units.h"
#include "verdict/chunk_measurements.h"
#include "verdict/copy_measurements.h"
#include "verdict/fault_measurements.h"
#include "verdict/parameters.h"

namespace bytepath::verdict {
namespace {

using result::Document;
using result::Table;
using result::Value;

// The only row of a table of that name; null: this is another command's document.
const Table* summary(const Document& document, std::string_view mode, std::string_view name) {
  if (parameter_text(document, "mode") != mode) return nullptr;
  const Table* table = find_table(document, name);
  return table == nullptr || table->rows.empty() ? nullptr : table;
}

double number(const Table& table, std::string_view column) {
  return number_of(table, table.rows.front(), column).value_or(0);
}

std::string counted(double count, std::string_view thing) {
  return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

std::string text(const Table& table, std::string_view column) {
  return text_of(table, table.rows.front(), column);
}

}  // namespace

void judge_export(Document& document) {
  const Table* table = summary(document, "export", "exported");
  if (table == nullptr) return;
  document.verdict = {
      .state = "measured",
      .text = fmt::format("{} {} of {}, {}, as {}", number(*table, "count"), text(*table, "of"),
                          counted(number(*table, "files"), "file"),
                          size_text(number(*table, "bytes")), parameter_text(document, "format"))};
}

void judge_import(Document& document) {
  const Table* table = summary(document, "import", "imported");
  if (table == nullptr) return;
  const double wrong = number(*table, "wrong_lines");
  document.verdict = {
      .state = "measured",
      .text =
          fmt::format("{} to read, {}, out of {}{}", counted(number(*table, "requests"), "request"),
                      size_text(number(*table, "bytes")), counted(number(*table, "lines"), "line"),
                      wrong > 0 ? fmt::format("; {} could not be read", wrong) : "")};
}

void judge_score(Document& document) {
  const Table* table = summary(document, "score", "score");
  if (table == nullptr) return;
  document.verdict = {
      .state = "measured",
      .text = fmt::format(
          "the list has {} of the bytes and {} of the requests of the start ready; {} of it, {}, "
          "is of no use",
          percent_text(number(*table, "recall")), percent_text(number(*table, "ready_requests")),
          size_text(number(*table, "wasted")), percent_text(number(*table, "waste")))};
}

}  // namespace bytepath::verdict
