#include "verdict/comparison_rows.h"

#include <algorithm>
#include <cmath>

#include "verdict/copy_measurements.h"

namespace bytepath::verdict {
namespace {

using result::Value;

// Verdicts are lines, and a command may hold any byte.
std::string one_line(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7F'; }, ' ');
  return text;
}

std::string text_of(const Value& value) {
  const auto* held = std::get_if<std::string>(&value);
  return held == nullptr ? std::string{} : one_line(*held);
}

double number_of(const Value& value) {
  double number = std::numeric_limits<double>::quiet_NaN();
  if (const auto* held = std::get_if<double>(&value)) number = *held;
  if (const auto* held = std::get_if<std::int64_t>(&value)) number = static_cast<double>(*held);
  return std::isfinite(number) ? number : std::numeric_limits<double>::quiet_NaN();
}

Value value_of(double number) { return std::isnan(number) ? Value{} : Value(number); }

std::string end_text(double percent, std::string_view unknown) {
  return std::isnan(percent) ? std::string(unknown) : fmt::format("{:+.1f}", percent);
}

}  // namespace

std::string ComparisonRow::subject() const {
  if (benchmark.empty()) return metric;
  return metric.empty() ? benchmark : benchmark + " " + metric;
}

std::string ComparisonRow::change_text() const {
  if (std::isnan(change)) return fmt::format("from {} to {}", baseline, now);
  return fmt::format("{:+.1f} % [{}, {}]", change, end_text(low, "-100"), end_text(high, "inf"));
}

result::Record ComparisonRow::evidence() const {
  return {{"benchmark", Value(benchmark)}, {"metric", Value(metric)}, {"change", value_of(change)},
          {"low", value_of(low)},          {"high", value_of(high)},  {"margin", value_of(margin)},
          {"count", Value(count)},         {"paired", Value(paired)}};
}

std::vector<ComparisonRow> comparison_rows(const result::Document& document) {
  const auto* table = find_table(document, "comparisons");
  std::vector<ComparisonRow> rows;
  if (table == nullptr) return rows;
  for (const auto& row : table->rows) {
    const auto at = [&](std::string_view column) { return cell(*table, row, column); };
    const Value paired = at("paired");
    const bool* is_paired = std::get_if<bool>(&paired);
    const Value counted = at("count");
    const auto* count = std::get_if<std::int64_t>(&counted);
    rows.push_back({.benchmark = text_of(at("benchmark")),
                    .metric = text_of(at("metric")),
                    .baseline = text_of(at("baseline")),
                    .now = text_of(at("now")),
                    .change = number_of(at("change")),
                    .low = number_of(at("low")),
                    .high = number_of(at("high")),
                    .margin = number_of(at("margin")),
                    .count = count == nullptr ? 0 : *count,
                    .paired = is_paired != nullptr && *is_paired,
                    .verdict = text_of(at("verdict")),
                    .gate = text_of(at("gate")),
                    .outcome = text_of(at("outcome")),
                    .why = text_of(at("why"))});
  }
  return rows;
}

std::string signed_percent(double percent) {
  return std::isnan(percent) ? "n/a" : fmt::format("{:+.6g}", percent);
}

bool parameter_is_true(const result::Document& document, const std::string& name) {
  const auto found = document.parameters.find(name);
  if (found == document.parameters.end()) return false;
  const bool* held = std::get_if<bool>(&found->second);
  return held != nullptr && *held;
}

std::string parameter_text(const result::Document& document, const std::string& name) {
  const auto found = document.parameters.find(name);
  return found == document.parameters.end() ? std::string{} : text_of(found->second);
}

}  // namespace bytepath::verdict
