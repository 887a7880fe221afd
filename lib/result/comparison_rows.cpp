#include "result/comparison_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "result/document_parts.h"

namespace bytepath::result {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

// The cells of one row by the names of their columns.
class Cells {
 public:
  Cells(const Table& table, const std::vector<Value>& row) : table_(table), row_(row) {}

  template <class T>
  const T* get(std::string_view name) const {
    const std::size_t column = place_of(table_, name);
    return column < row_.size() ? std::get_if<T>(&row_[column]) : nullptr;
  }

  std::string text(std::string_view name) const {
    const auto* held = get<std::string>(name);
    if (held == nullptr) return {};
    return in_one_line(*held);
  }

  double number(std::string_view name) const {
    double value = unknown;
    if (const auto* held = get<double>(name)) value = *held;
    if (const auto* held = get<std::int64_t>(name)) value = static_cast<double>(*held);
    return std::isfinite(value) ? value : unknown;
  }

 private:
  const Table& table_;
  const std::vector<Value>& row_;
};

// What rounds to nothing has not gone down: no "-0.0 %".
std::string signed_text(double percent, int digits) {
  const double smallest = digits == 1 ? 0.05 : 0.005;
  return fmt::format("{:+.{}f}", std::abs(percent) < smallest ? 0.0 : percent, digits);
}

Value value_of(double number) { return std::isnan(number) ? Value{} : Value(number); }

}  // namespace

std::string ComparisonRow::subject() const {
  if (benchmark.empty()) return metric;
  return metric.empty() ? benchmark : benchmark + " " + metric;
}

std::string ComparisonRow::change_text() const {
  if (std::isnan(change)) return "n/a";
  const int digits = std::abs(change) < 1 ? 2 : 1;
  const auto end = [&](double bound, std::string_view open) {
    return std::isnan(bound) ? std::string(open) : signed_text(bound, digits);
  };
  return fmt::format("{} % [{}, {}]", signed_text(change, digits), end(low, "-100"),
                     end(high, "inf"));
}

std::string ComparisonRow::change_in_words() const {
  return std::isnan(change) ? fmt::format("from {} to {}", baseline, now) : change_text();
}

Record ComparisonRow::evidence() const {
  return {{"benchmark", Value(benchmark)}, {"metric", Value(metric)}, {"change", value_of(change)},
          {"low", value_of(low)},          {"high", value_of(high)},  {"margin", value_of(margin)},
          {"count", Value(count)},         {"paired", Value(paired)}};
}

bool is_comparison_table(const Table& table) {
  return table.name == "comparisons" && place_of(table, "benchmark") < table.columns.size() &&
         place_of(table, "verdict") < table.columns.size();
}

const Table* comparison_table(const Document& document) {
  const auto found = std::ranges::find_if(document.tables, is_comparison_table);
  return found == document.tables.end() ? nullptr : &*found;
}

std::vector<ComparisonRow> comparison_rows(const Table& table) {
  std::vector<ComparisonRow> rows;
  rows.reserve(table.rows.size());
  for (const auto& row : table.rows) {
    const Cells cells(table, row);
    const auto* count = cells.get<std::int64_t>("count");
    const auto* paired = cells.get<bool>("paired");
    rows.push_back({.benchmark = cells.text("benchmark"),
                    .metric = cells.text("metric"),
                    .baseline = cells.text("baseline"),
                    .now = cells.text("now"),
                    .change = cells.number("change"),
                    .low = cells.number("low"),
                    .high = cells.number("high"),
                    .margin = cells.number("margin"),
                    .detectable = cells.number("detectable"),
                    .count = count == nullptr ? 0 : *count,
                    .paired = paired != nullptr && *paired,
                    .verdict = cells.text("verdict"),
                    .gate = cells.text("gate"),
                    .outcome = cells.text("outcome"),
                    .why = cells.text("why")});
  }
  return rows;
}

std::vector<ComparisonRow> comparison_rows(const Document& document) {
  const Table* table = comparison_table(document);
  return table == nullptr ? std::vector<ComparisonRow>{} : comparison_rows(*table);
}

}  // namespace bytepath::result
