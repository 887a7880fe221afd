#include "faults/file_tables.h"

#include <algorithm>
#include <functional>
#include <tuple>

#include "faults/document_parts.h"
#include "faults/figures.h"

namespace bytepath::faults {
namespace {

using pages::page_bytes;
using result::Column;
using result::percent;
using result::Table;
using result::Value;

constexpr std::size_t top_rows = 10;

Value bytes_value(const std::optional<std::uint64_t>& bytes) {
  if (!bytes) return {};
  return static_cast<std::int64_t>(*bytes);
}

Value share_of(const std::optional<std::uint64_t>& part, std::uint64_t whole) {
  if (!part || whole == 0) return {};
  return percent * static_cast<double>(*part) / static_cast<double>(whole);
}

// A column that is there when something in the table knows it.
struct Known {
  bool of_files_only;  // where people compare the three figures; of parts the shares say it
  Column column;
  bool (*is_known)(const Figures&);
  Value (*value)(const Figures&);
};

bool has_touched(const Figures& f) { return f.touched.has_value(); }
bool has_mapped(const Figures& f) { return f.mapped.has_value(); }
bool has_cached(const Figures& f) { return f.cached.has_value(); }
bool has_read(const Figures& f) { return f.read.has_value(); }
bool has_faults(const Figures& f) { return f.counts_faults; }

std::span<const Known> known_columns() {
  static constexpr auto faults_of = [](const Figures& f) { return f.faults.all_faults(); };
  static const std::array columns = {
      Known{false,
            {"faults", ""},
            has_faults,
            [](const Figures& f) -> Value { return static_cast<std::int64_t>(faults_of(f)); }},
      Known{true,
            {"faults_x_4_KiB", "B"},
            has_faults,
            [](const Figures& f) -> Value {
              return static_cast<std::int64_t>(faults_of(f) * page_bytes);
            }},
      Known{true,
            {"mapped", "B"},
            has_mapped,
            [](const Figures& f) { return bytes_value(f.mapped); }},
      Known{false,
            {"mapped_share", "percent"},
            has_mapped,
            [](const Figures& f) { return share_of(f.mapped, f.bytes); }},
      Known{false,
            {"touched", "B"},
            has_touched,
            [](const Figures& f) { return bytes_value(f.touched); }},
      Known{false,
            {"touched_share", "percent"},
            has_touched,
            [](const Figures& f) { return share_of(f.touched, f.bytes); }},
      Known{false,
            {"cached", "B"},
            has_cached,
            [](const Figures& f) { return bytes_value(f.cached); }},
      Known{false,
            {"cached_share", "percent"},
            has_cached,
            [](const Figures& f) { return share_of(f.cached, f.bytes); }},
      Known{false, {"read", "B"}, has_read, [](const Figures& f) { return bytes_value(f.read); }},
      Known{false,
            {"fault_time", "ns"},
            has_faults,
            [](const Figures& f) -> Value { return static_cast<std::int64_t>(f.faults.all_ns()); }},
  };
  return columns;
}

using Cells = std::function<std::vector<Value>(const NamedFigures&)>;

// How the rows of a table are told apart.
struct Key {
  std::vector<Column> columns;
  Cells cells;
};

Table table_of(std::string table_name, std::string title, const Key& key,
               std::span<const NamedFigures> parts, bool of_files = false) {
  Table table{.name = std::move(table_name), .title = std::move(title), .columns = key.columns};
  table.columns.push_back({"size", "B"});
  std::vector<const Known*> shown;
  for (const auto& known : known_columns()) {
    if (known.of_files_only && !of_files) continue;
    const bool any = std::ranges::any_of(
        parts, [&](const NamedFigures& part) { return known.is_known(part.figures); });
    if (!any) continue;
    shown.push_back(&known);
    table.columns.push_back(known.column);
  }
  for (const auto& part : parts) {
    std::vector<Value> row = key.cells(part);
    row.push_back(static_cast<std::int64_t>(part.figures.bytes));
    for (const auto* known : shown) row.push_back(known->value(part.figures));
    table.rows.push_back(std::move(row));
  }
  return table;
}

// For programs: each class that occurred by itself.
void add_classes_table(result::Document& document, const std::string& of, const Key& key,
                       std::span<const NamedFigures> parts) {
  ClassTotals all;
  for (const auto& part : parts) all.add(part.figures.faults);
  if (all.all_faults() == 0) return;
  Table table{.name = of + "_by_class", .title = "", .columns = key.columns};
  std::vector<std::size_t> classes;
  for (const FaultClass each : all_fault_classes) {
    const auto i = static_cast<std::size_t>(each);
    if (all.faults[i] == 0) continue;
    classes.push_back(i);
    std::string column(name(each));
    std::ranges::replace(column, '-', '_');
    table.columns.push_back({column + "_faults", ""});
    table.columns.push_back({column + "_time", "ns"});
  }
  for (const auto& part : parts) {
    std::vector<Value> row = key.cells(part);
    for (const std::size_t i : classes) {
      row.push_back(static_cast<std::int64_t>(part.figures.faults.faults[i]));
      row.push_back(static_cast<std::int64_t>(part.figures.faults.ns[i]));
    }
    table.rows.push_back(std::move(row));
  }
  document.tables.push_back(std::move(table));
}

// Where there are several files, which one; in a table of the model itself also what a tensor is.
Key tensor_key(bool several_files, bool described) {
  Key key{.columns = {{"tensor", ""}}, .cells = {}};
  if (described) {
    key.columns.insert(key.columns.end(), {{"type", ""}, {"shape", ""}, {"offset", "B"}});
  }
  if (several_files) key.columns.push_back({"file", ""});
  key.cells = [=](const NamedFigures& part) {
    std::vector<Value> cells = {part.name};
    if (described) {
      cells.insert(cells.end(), {part.type, part.shape, static_cast<std::int64_t>(part.offset)});
    }
    if (several_files) cells.emplace_back(part.file);
    return cells;
  };
  return key;
}

Key file_key() {
  return {.columns = {{"file", ""}},
          .cells = [](const NamedFigures& part) { return std::vector<Value>{part.name}; }};
}

Key layer_key() {
  return {.columns = {{"layer", ""}}, .cells = [](const NamedFigures& part) {
            return std::vector<Value>{part.layer < 0 ? Value(std::string("none"))
                                                     : Value(std::int64_t{part.layer})};
          }};
}

Key expert_key() {
  return {.columns = {{"layer", ""}, {"expert", ""}}, .cells = [](const NamedFigures& part) {
            return std::vector<Value>{number_or_nothing(part.layer),
                                      number_or_nothing(part.expert)};
          }};
}

// Where the parts are of several models, of which one.
Key with_model(Key key, std::span<const NamedFigures> parts) {
  const bool several = std::ranges::any_of(
      parts, [&](const NamedFigures& part) { return part.model != parts.front().model; });
  if (!several) return key;
  key.columns.push_back({"model", ""});
  key.cells = [cells = std::move(key.cells)](const NamedFigures& part) {
    auto row = cells(part);
    row.emplace_back(part.model);
    return row;
  };
  return key;
}

// What a person looks for first: where the time went, else what was used most.
std::vector<NamedFigures> top_of(std::vector<NamedFigures> parts) {
  const auto weight = [](const NamedFigures& part) {
    return std::tuple(part.figures.faults.all_ns(), part.figures.touched.value_or(0),
                      part.figures.cached.value_or(0));
  };
  std::ranges::stable_sort(parts, std::ranges::greater{}, weight);
  std::erase_if(parts, [&](const NamedFigures& part) {
    return weight(part) == std::tuple(std::uint64_t{0}, std::uint64_t{0}, std::uint64_t{0});
  });
  if (parts.size() > top_rows) parts.resize(top_rows);
  return parts;
}

void add_tensors(result::Document& document, std::span<const FileRecord> records,
                 const PartOptions& options) {
  std::vector<NamedFigures> parts;
  for (const auto& record : records)
    std::ranges::move(by_tensor(record), std::back_inserter(parts));
  if (parts.empty()) return;
  const bool shown = options.all_tensors_shown || parts.size() <= most_rows_for_people;
  const Key key = tensor_key(records.size() > 1, options.all_tensors_shown);
  document.tables.push_back(table_of("tensors", shown ? "Tensors" : "", key, parts));
  add_classes_table(document, "tensors", key, parts);
  if (shown) return;
  const auto top = top_of(std::move(parts));
  if (top.empty()) return;
  document.tables.push_back(
      table_of("top_tensors", "Tensors at the top", tensor_key(false, false), top));
}

void add_table(result::Document& document, const std::string& table_name, const char* title,
               const Key& key_in_model, std::span<const NamedFigures> parts) {
  const Key key = with_model(key_in_model, parts);
  const bool shown = parts.size() <= most_rows_for_people;
  document.tables.push_back(table_of(table_name, shown ? title : "", key, parts));
  add_classes_table(document, table_name, key, parts);
}

}  // namespace

void add_files_table(result::Document& document, std::span<const FileRecord> records) {
  std::vector<NamedFigures> parts;
  for (const auto& record : records) {
    parts.push_back({.name = record.file.path, .figures = figures_of(record)});
  }
  if (parts.empty()) return;
  document.tables.push_back(table_of("files", "Files", file_key(), parts, true));
  add_classes_table(document, "files", file_key(), parts);
}

void add_part_tables(result::Document& document, std::span<const FileRecord> records,
                     const PartOptions& options) {
  add_tensors(document, records, options);
  const auto layers = by_layer(records);
  if (std::ranges::any_of(layers, [](const NamedFigures& part) { return part.layer >= 0; })) {
    add_table(document, "layers", "Layers", layer_key(), layers);
  }
  const auto experts = by_expert(records);
  if (!experts.empty()) add_table(document, "experts", "Experts", expert_key(), experts);
}

void add_curve(result::Document& document, std::span<const TouchCurve::Step> steps,
               const CurveNames& names) {
  if (steps.size() < 2) return;
  result::Series series{.name = names.name,
                        .title = names.title,
                        .x_label = "since the first fault",
                        .x_unit = "s",
                        .unit = "B"};
  for (const auto& step : steps) {
    const auto bytes = static_cast<double>(step.bytes);
    series.points.push_back(
        {.x = step.seconds, .median = bytes, .low = bytes, .high = bytes, .count = 1});
  }
  document.series.push_back(std::move(series));
}

void add_file_metrics(result::Document& document, std::span<const FileRecord> records) {
  for (const auto& record : records) {
    const Figures figures = figures_of(record);
    const auto add = [&](const char* name, std::uint64_t value, const char* unit,
                         result::Better better) {
      document.metrics.push_back(single_metric(name, {{"file", record.file.path}},
                                               static_cast<double>(value), unit, better));
    };
    add("file_bytes", figures.bytes, "B", result::Better::none);
    if (figures.touched) add("touched_bytes", *figures.touched, "B", result::Better::lower);
    if (figures.mapped) add("mapped_bytes", *figures.mapped, "B", result::Better::none);
    if (figures.cached) add("cached_bytes", *figures.cached, "B", result::Better::none);
    if (figures.read) {
      add("read_bytes", *figures.read, "B", result::Better::lower);
      add("read_again_bytes", (record.pages_read - record.read->count()) * page_bytes, "B",
          result::Better::lower);
    }
    if (!figures.counts_faults) continue;
    const std::uint64_t faults = figures.faults.all_faults();
    add("faults", faults, "", result::Better::lower);
    add("faults_times_page_bytes", faults * page_bytes, "B", result::Better::none);
    add("fault_time", figures.faults.all_ns(), "ns", result::Better::lower);
  }
}

}  // namespace bytepath::faults
