#include "faults/heat_columns.h"

#include <utility>

namespace bytepath::faults {
namespace {

void add_experts(HeatColumn& to, const HeatColumn& from) {
  if (!from.has_experts) return;
  to.experts_min = to.has_experts ? std::min(to.experts_min, from.experts_min) : from.experts_min;
  to.experts_max = std::max(to.experts_max, from.experts_max);
  to.has_experts = true;
}

void append(HeatColumn& to, const HeatColumn& from) {
  to.seconds += from.seconds;
  to.windows += from.windows;
  to.touched_bytes += from.touched_bytes;
  to.touched_bytes_min = std::min(to.touched_bytes_min, from.touched_bytes_min);
  to.touched_bytes_max = std::max(to.touched_bytes_max, from.touched_bytes_max);
  to.fresh_bytes += from.fresh_bytes;
  to.clear_ns += from.clear_ns;
  to.walk_ns += from.walk_ns;
  add_experts(to, from);
  to.layer_bytes.resize(std::max(to.layer_bytes.size(), from.layer_bytes.size()));
  for (std::size_t i = 0; i < from.layer_bytes.size(); ++i)
    to.layer_bytes[i] += from.layer_bytes[i];
}

}  // namespace

HeatColumn column_of(const HeatWindow& window, const WindowParts& parts) {
  HeatColumn column{.begin_seconds = window.begin_seconds,
                    .seconds = window.seconds,
                    .windows = 1,
                    .clear_ns = window.clear_ns,
                    .walk_ns = window.walk_ns};
  for (const auto& heat : window.files) {
    column.touched_bytes += static_cast<double>(heat.touched_bytes);
    column.fresh_bytes += static_cast<double>(heat.fresh_bytes);
  }
  column.touched_bytes_min = column.touched_bytes_max = column.touched_bytes;
  for (const auto& layer : parts.layers)
    column.layer_bytes.push_back(static_cast<double>(layer.bytes));
  column.has_experts = !parts.experts_by_layer.empty();
  if (column.has_experts) {
    const auto [least, most] = std::ranges::minmax(parts.experts_by_layer);
    column.experts_min = least;
    column.experts_max = most;
  }
  return column;
}

void HeatColumns::add(HeatColumn window) {
  if (!columns_.empty() && columns_.back().windows < windows_each_) {
    append(columns_.back(), window);
    return;
  }
  if (columns_.size() == max_columns) {
    for (std::size_t i = 0; i < max_columns / 2; ++i) {
      HeatColumn joined = std::move(columns_[2 * i]);
      append(joined, columns_[2 * i + 1]);
      columns_[i] = std::move(joined);
    }
    columns_.resize(max_columns / 2);
    windows_each_ *= 2;
  }
  columns_.push_back(std::move(window));
}

}  // namespace bytepath::faults
