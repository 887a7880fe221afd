#include "faults/heat_charts.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "faults/document_parts.h"

namespace bytepath::faults {
namespace {

using result::Value;

std::string title_for(std::size_t rows, std::string title) {
  return rows > most_rows_for_people ? "" : std::move(title);
}

double percent(double part, double of) { return of > 0 ? 100 * part / of : 0; }

Value share_of(std::uint64_t windows, std::uint64_t of) {
  return percent(static_cast<double>(windows), static_cast<double>(of));
}

std::vector<HeatPart> by_place(std::span<const HeatPart> parts) {
  std::vector<HeatPart> sorted(parts.begin(), parts.end());
  std::ranges::sort(sorted, {}, [](const HeatPart& part) {
    return std::tie(part.model, part.layer, part.expert);
  });
  return sorted;
}

std::set<std::string> models_of(std::span<const HeatPart> parts) {
  std::set<std::string> models;
  for (const auto& part : parts) models.insert(part.model);
  return models;
}

// A column of its own where the rows are of several models.
void add_model_column(result::Table& table, std::span<const HeatPart> parts) {
  if (models_of(parts).size() < 2) return;
  table.columns.push_back({"model", ""});
  for (std::size_t i = 0; i < parts.size(); ++i) table.rows[i].emplace_back(parts[i].model);
}

// Of one of `models`; told apart by a label where there are several.
result::Labels labels_of(const std::string& model, const std::set<std::string>& models) {
  if (models.size() < 2) return {};
  return {{"model", model}};
}

void add_layer_map_of(result::Document& document, std::span<const HeatColumn> columns,
                      std::span<const HeatPart> layers, const std::string& model) {
  result::HeatMap map{.name = "heat_layers",
                      .labels = labels_of(model, models_of(layers)),
                      .title = "Part of each layer that was touched, by time",
                      .x_label = "begin of the window, s",
                      .y_label = "layer",
                      .unit = "percent",
                      .x = {},
                      .y = {},
                      .values = {}};
  for (const auto& column : columns) map.x.push_back(column.begin_seconds);
  std::map<int, std::size_t> order;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (layers[i].model == model) order[layers[i].layer] = i;
  }
  for (const auto& [layer, at] : order) {
    map.y.push_back(layer);
    auto& row = map.values.emplace_back();
    for (const auto& column : columns) {
      // A layer of a file that was mapped later was not touched before.
      const double sum = at < column.layer_bytes.size() ? column.layer_bytes[at] : 0;
      row.push_back(percent(column.mean(sum), static_cast<double>(layers[at].bytes)));
    }
  }
  document.heatmaps.push_back(std::move(map));
}

void add_expert_map_of(result::Document& document, std::span<const HeatPart> experts,
                       const std::string& model) {
  std::set<int> layers;
  std::set<int> numbers;
  std::map<std::pair<int, int>, std::uint64_t> windows;
  for (const auto& expert : experts) {
    if (expert.model != model) continue;
    layers.insert(expert.layer);
    numbers.insert(expert.expert);
    windows[{expert.layer, expert.expert}] = expert.windows;
  }
  result::HeatMap map{.name = "heat_experts",
                      .labels = labels_of(model, models_of(experts)),
                      .title = "Windows in which each expert was touched",
                      .x_label = "expert",
                      .y_label = "layer",
                      .unit = "windows",
                      .x = {numbers.begin(), numbers.end()},
                      .y = {layers.begin(), layers.end()},
                      .values = {}};
  for (const int layer : layers) {
    auto& row = map.values.emplace_back();
    for (const int number : numbers) {
      const auto found = windows.find({layer, number});
      row.push_back(found == windows.end() ? std::numeric_limits<double>::quiet_NaN()
                                           : static_cast<double>(found->second));
    }
  }
  document.heatmaps.push_back(std::move(map));
}

}  // namespace

void add_touched_by_window(result::Document& document, std::span<const HeatColumn> columns) {
  if (columns.empty()) return;
  result::Series series{.name = "touched_by_window",
                        .labels = {},
                        .title = "Bytes touched in each window",
                        .x_label = "begin of the window",
                        .x_unit = "s",
                        .unit = "B",
                        .points = {}};
  for (const auto& column : columns) {
    series.points.push_back({.x = column.begin_seconds,
                             .median = column.mean(column.touched_bytes),
                             .low = column.touched_bytes_min,
                             .high = column.touched_bytes_max,
                             .count = column.windows});
  }
  document.series.push_back(std::move(series));
}

void add_windows_table(result::Document& document, std::span<const HeatColumn> columns,
                       bool by_page) {
  if (columns.empty()) return;
  result::Table table{.name = "windows",
                      .title = title_for(columns.size(), "Windows"),
                      .columns = {{"start", "s"},
                                  {"length", "s"},
                                  {"windows", ""},
                                  {"touched", "B"},
                                  {"fresh", "B"},
                                  {"experts_min", ""},
                                  {"experts_max", ""},
                                  {"clear_time", "ns"},
                                  {"walk_time", "ns"}},
                      .rows = {}};
  for (const auto& column : columns) {
    const bool experts = by_page && column.has_experts;
    table.rows.push_back({column.begin_seconds, column.mean(column.seconds), whole(column.windows),
                          column.mean(column.touched_bytes),
                          by_page ? Value(column.mean(column.fresh_bytes)) : Value(),
                          experts ? whole(column.experts_min) : Value(),
                          experts ? whole(column.experts_max) : Value(),
                          column.mean(column.clear_ns), column.mean(column.walk_ns)});
  }
  document.tables.push_back(std::move(table));
}

void add_layer_maps(result::Document& document, std::span<const HeatColumn> columns,
                    std::span<const HeatPart> layers) {
  if (columns.empty()) return;
  for (const auto& model : models_of(layers)) add_layer_map_of(document, columns, layers, model);
}

void add_expert_maps(result::Document& document, std::span<const HeatPart> experts) {
  for (const auto& model : models_of(experts)) add_expert_map_of(document, experts, model);
}

void add_tensor_table(result::Document& document, std::span<const HeatPart> tensors,
                      std::uint64_t windows) {
  if (tensors.empty()) return;
  result::Table table{.name = "tensors",
                      .title = title_for(tensors.size(), "Tensors"),
                      .columns = {{"tensor", ""},
                                  {"layer", ""},
                                  {"size", "B"},
                                  {"windows_touched", ""},
                                  {"share", "percent"}},
                      .rows = {}};
  for (const auto& tensor : tensors) {
    table.rows.push_back({tensor.name, number_or_nothing(tensor.layer), whole(tensor.bytes),
                          whole(tensor.windows), share_of(tensor.windows, windows)});
  }
  add_model_column(table, tensors);
  document.tables.push_back(std::move(table));
}

void add_expert_table(result::Document& document, std::span<const HeatPart> experts,
                      std::uint64_t windows) {
  if (experts.empty()) return;
  result::Table table{.name = "experts",
                      .title = title_for(experts.size(), "Experts"),
                      .columns = {{"layer", ""},
                                  {"expert", ""},
                                  {"size", "B"},
                                  {"windows_touched", ""},
                                  {"share", "percent"}},
                      .rows = {}};
  const auto sorted = by_place(experts);
  for (const auto& expert : sorted) {
    table.rows.push_back({std::int64_t{expert.layer}, std::int64_t{expert.expert},
                          whole(expert.bytes), whole(expert.windows),
                          share_of(expert.windows, windows)});
  }
  add_model_column(table, sorted);
  document.tables.push_back(std::move(table));
}

}  // namespace bytepath::faults
