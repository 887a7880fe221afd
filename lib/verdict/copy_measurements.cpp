#include "verdict/copy_measurements.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "base/units.h"

namespace bytepath::verdict {
namespace {

std::uint64_t number(const std::string& text) { return parse_unsigned(text).value_or(0); }

bool contains(const OffsetClass& offset_class, std::uint64_t d) {
  if (offset_class.first <= offset_class.last) {
    return offset_class.first <= d && d <= offset_class.last;
  }
  return d >= offset_class.first || d <= offset_class.last;
}

// The paired ratio measured inside the class says more than the sweep, whose baseline was timed at
// other moments.
void take_paired_ratio(const result::Document& document, SlowOffsets& slow) {
  const result::Metric* best = nullptr;
  for (const auto& metric : document.metrics) {
    if (metric.name != "copy_ratio" || label(metric.labels, "kernel") != slow.kernel ||
        number(label(metric.labels, "size")) != slow.size ||
        !contains(slow.offsets, number(label(metric.labels, "offset")))) {
      continue;
    }
    if (best == nullptr || metric.count > best->count) best = &metric;
  }
  if (best == nullptr) return;
  slow.ratio = best->median;
  slow.ratio_low = best->low;
  slow.ratio_high = best->high;
}

}  // namespace

std::vector<SlowOffsets> slow_offsets(const result::Document& document) {
  std::vector<SlowOffsets> out;
  for (const auto& series : document.series) {
    if (series.name != "time_by_offset") continue;
    const auto found = find_offset_classes(series.points);
    std::vector<SlowOffsets> of_kernel;
    for (const auto& offset_class : found.classes) {
      SlowOffsets slow{.kernel = label(series.labels, "kernel"),
                       .family = label(series.labels, "family"),
                       .size = number(label(series.labels, "size")),
                       .offsets = offset_class,
                       .ratio = offset_class.ratio,
                       .ratio_low = offset_class.ratio,
                       .ratio_high = offset_class.ratio};
      take_paired_ratio(document, slow);
      of_kernel.push_back(std::move(slow));
    }
    std::ranges::sort(of_kernel, {}, [](const SlowOffsets& slow) {
      return std::pair(-slow.ratio, slow.offsets.first);
    });
    out.insert(out.end(), of_kernel.begin(), of_kernel.end());
  }
  return out;
}

bool was_swept(const result::Document& document, std::string_view kernel) {
  return std::ranges::any_of(document.series, [&](const auto& series) {
    return series.name == "time_by_offset" && label(series.labels, "kernel") == kernel &&
           find_offset_classes(series.points).baseline > 0;
  });
}

const result::Table* find_table(const result::Document& document, std::string_view name) {
  const auto found = std::ranges::find(document.tables, name, &result::Table::name);
  return found == document.tables.end() ? nullptr : &*found;
}

result::Value cell(const result::Table& table, const std::vector<result::Value>& row,
                   std::string_view column) {
  const auto found = std::ranges::find(table.columns, column, &result::Column::name);
  const auto index = static_cast<std::size_t>(found - table.columns.begin());
  return index < row.size() ? row[index] : result::Value{};
}

std::optional<KnownWindow> size_window(const result::Document& document, std::string_view kernel) {
  const auto* table = find_table(document, "size_windows");
  if (table == nullptr) return std::nullopt;
  for (const auto& row : table->rows) {
    const auto name = cell(*table, row, "kernel");
    const auto first = cell(*table, row, "size_first");
    const auto last = cell(*table, row, "size_last");
    if (name != result::Value(std::string(kernel)) ||
        !std::holds_alternative<std::int64_t>(first) ||
        !std::holds_alternative<std::int64_t>(last)) {
      continue;
    }
    return KnownWindow{.first = std::get<std::int64_t>(first),
                       .last = std::get<std::int64_t>(last),
                       .open_below = cell(*table, row, "open_below") == result::Value(true),
                       .open_above = cell(*table, row, "open_above") == result::Value(true),
                       .exact = cell(*table, row, "exact") == result::Value(true)};
  }
  return std::nullopt;
}

std::string format_window(const KnownWindow& window) {
  if (window.open_below && window.open_above) {
    return fmt::format("every size measured ({} to {} bytes)", window.first, window.last);
  }
  const char* about = window.exact ? "" : "about ";
  if (window.open_above) return fmt::format("{}{} bytes and more", about, window.first);
  return fmt::format("{}{} to {} bytes", about, window.first, window.last);
}

std::string format_factor(double factor) { return format_number(factor) + "x"; }

std::string format_factor(double factor, double low, double high) {
  return fmt::format("{} [{} to {}]", format_factor(factor), format_number(low),
                     format_number(high));
}

}  // namespace bytepath::verdict
