#include "verdict/fault_measurements.h"

#include <cmath>

#include "base/text.h"
#include "base/units.h"
#include "verdict/copy_measurements.h"

namespace bytepath::verdict {
namespace {

double number_or_zero(const result::Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
  const auto* real = std::get_if<double>(&value);
  return real != nullptr && std::isfinite(*real) ? *real : 0;
}

}  // namespace

std::optional<double> metric_of(const result::Document& document, std::string_view name,
                                std::string_view file) {
  for (const auto& metric : document.metrics) {
    if (metric.name != name || !std::isfinite(metric.median)) continue;
    if (file.empty() || label(metric.labels, "file") == file) return metric.median;
  }
  return std::nullopt;
}

std::vector<FileFaults> file_faults(const result::Document& document) {
  std::vector<FileFaults> files;
  for (const auto& metric : document.metrics) {
    if (metric.name != "file_bytes" || !std::isfinite(metric.median)) continue;
    const std::string file = label(metric.labels, "file");
    if (file.empty()) continue;
    files.push_back({.file = in_one_line(file),
                     .bytes = metric.median,
                     .faults = metric_of(document, "faults", file),
                     .touched = metric_of(document, "touched_bytes", file),
                     .mapped = metric_of(document, "mapped_bytes", file),
                     .read = metric_of(document, "read_bytes", file),
                     .read_again = metric_of(document, "read_again_bytes", file)});
  }
  return files;
}

std::vector<ClassFaults> class_faults(const result::Document& document) {
  std::vector<ClassFaults> classes;
  for (const auto& metric : document.metrics) {
    if (metric.name != "faults_by_class" || !std::isfinite(metric.median)) continue;
    const std::string name = label(metric.labels, "class");
    double time = 0;
    for (const auto& other : document.metrics) {
      const bool same = other.name == "fault_time_by_class" && other.labels == metric.labels;
      if (same && std::isfinite(other.median)) time = other.median;
    }
    classes.push_back({.name = in_one_line(name), .faults = metric.median, .time_ns = time});
  }
  return classes;
}

ClassFaults class_named(const result::Document& document, std::string_view name) {
  for (auto& each : class_faults(document)) {
    if (each.name == name) return each;
  }
  return {.name = std::string(name)};
}

std::vector<FileCalls> file_calls(const result::Document& document) {
  std::vector<FileCalls> calls;
  const auto* table = find_table(document, "calls");
  if (table == nullptr) return calls;
  for (const auto& row : table->rows) {
    const result::Value call = cell(*table, row, "call");
    const result::Value file = cell(*table, row, "file");
    const auto* name = std::get_if<std::string>(&call);
    const auto* path = std::get_if<std::string>(&file);
    if (name == nullptr || path == nullptr) continue;
    calls.push_back({.call = in_one_line(*name),
                     .file = in_one_line(*path),
                     .bytes = number_or_zero(cell(*table, row, "bytes"))});
  }
  return calls;
}

double call_time_ns(const result::Document& document) {
  double sum = 0;
  for (const auto& metric : document.metrics) {
    if (metric.name == "call_time" && std::isfinite(metric.median)) sum += metric.median;
  }
  return sum;
}

double call_share(const result::Document& document) {
  const double wall = metric_of(document, "wall").value_or(0);
  return wall > 0 ? 100 * call_time_ns(document) / wall : 0;
}

std::string size_text(double bytes) {
  const Scaled scaled = scale_for_people(bytes, "B");
  return fmt::format("{} {}", format_number(scaled.number), scaled.unit);
}

std::string share_text(double part, double whole) {
  if (!(whole > 0)) return "n/a";
  const double percent = 100 * part / whole;
  // 99.997 % must not read as all of it.
  if (part != whole && percent >= 99.95) return fmt::format("{:.3f} %", percent);
  return format_quantity(percent, "percent");
}

}  // namespace bytepath::verdict
