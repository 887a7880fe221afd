#include "verdict/chunk_measurements.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "base/units.h"
#include "verdict/copy_measurements.h"

namespace bytepath::verdict {

using result::Table;
using Row = std::vector<result::Value>;

std::optional<double> number_of(const Table& table, const Row& row, std::string_view column) {
  const result::Value value = cell(table, row, column);
  const auto* real = std::get_if<double>(&value);
  const auto* whole = std::get_if<std::int64_t>(&value);
  const double found = real != nullptr    ? *real
                       : whole != nullptr ? static_cast<double>(*whole)
                                          : std::nan("");
  return std::isfinite(found) ? std::optional(found) : std::nullopt;
}

std::optional<double> amount_of(const Table& table, const Row& row, std::string_view column) {
  const auto found = number_of(table, row, column);
  return found && *found >= 0 ? found : std::nullopt;
}

std::string text_of(const Table& table, const Row& row, std::string_view column) {
  const result::Value value = cell(table, row, column);
  const auto* found = std::get_if<std::string>(&value);
  return found == nullptr ? "" : in_one_line(*found);
}

std::string percent_text(std::optional<double> percent) {
  return percent ? format_quantity(*percent, "percent") : "n/a";
}

const Row* nearest_row(const Table& table, std::string_view column, double wanted) {
  const auto distance = [&](const Row& row) {
    return std::abs(std::log(number_of(table, row, column).value_or(0) / wanted));
  };
  const auto found = std::ranges::min_element(table.rows, {}, distance);
  return found == table.rows.end() ? nullptr : &*found;
}

std::map<double, double> start_times(const result::Document& document, const std::string& tier) {
  std::map<double, double> times;
  for (const auto& metric : document.metrics) {
    if (metric.name != "start_time" || label(metric.labels, "tier") != tier) continue;
    const auto chunk = parse_unsigned(label(metric.labels, "chunk"));
    const bool sound = metric.median > 0 && std::isfinite(metric.median);
    if (chunk && *chunk > 0 && sound) times[static_cast<double>(*chunk)] += metric.median;
  }
  return times;
}

}  // namespace bytepath::verdict
