#include "copy/record.h"

#include <algorithm>
#include <array>
#include <limits>

#include "base/units.h"
#include "verdict/offset_classes.h"

namespace bytepath::copy {
namespace {

using result::Document;
using result::Labels;

Labels labels_of(const kernels::Kernel& kernel) {
  return {{"kernel", kernel.name}, {"family", std::string(family_name(kernel.family))}};
}

Labels labels_of(const kernels::Kernel& kernel, std::uint64_t size, unsigned offset) {
  Labels labels = labels_of(kernel);
  labels["size"] = std::to_string(size);
  labels["offset"] = std::to_string(offset);
  return labels;
}

// The chart shows one copy of each kind: more curves than that cannot be told apart.
bool is_drawn(std::string_view kernel) {
  return kernel == "rep-movsb" || kernel == "memcpy" || kernel == "pread" || kernel == "avx2";
}

result::Table& table(Document& document, std::string_view name,
                     const std::vector<result::Column>& columns) {
  const auto found = std::ranges::find(document.tables, name, &result::Table::name);
  if (found != document.tables.end()) return *found;
  return document.tables.emplace_back(result::Table{.name = std::string(name), .columns = columns});
}

}  // namespace

std::string_view family_name(kernels::Family family) {
  constexpr std::array<std::string_view, 4> names = {"instruction", "vector", "libc", "syscall"};
  return names[static_cast<std::size_t>(family)];
}

void record_sweep(Document& document, const kernels::Kernel& kernel, std::uint64_t size,
                  std::vector<result::Point> points) {
  constexpr unsigned shown = 96;  // beyond, a curve is flat or its class is in the table
  Labels labels = labels_of(kernel);
  labels["size"] = std::to_string(size);
  result::Series throughput{.name = "throughput_by_offset",
                            .labels = labels_of(kernel),
                            .title = is_drawn(kernel.name) ? "Throughput by offset" : "",
                            .x_label = "(destination - source) mod 4096",
                            .unit = "GB/s",
                            .y_log = true};
  for (const auto& point : points) {
    if (point.x > shown || point.low <= 0) continue;
    const auto bytes = static_cast<double>(size);  // bytes per nanosecond are GB/s
    throughput.points.push_back({.x = point.x,
                                 .median = bytes / point.median,
                                 .low = bytes / point.high,
                                 .high = bytes / point.low,
                                 .count = point.count});
  }
  document.series.push_back({.name = "time_by_offset",
                             .labels = std::move(labels),
                             .x_label = "(destination - source) mod 4096",
                             .unit = "ns",
                             .points = std::move(points)});
  document.series.push_back(std::move(throughput));
}

void record_cycles(Document& document, const kernels::Kernel& kernel, std::uint64_t size,
                   const result::Point& point, double core_ghz) {
  const double per_ns = core_ghz / static_cast<double>(size);
  document.metrics.push_back({.name = "cycles_per_byte",
                              .labels = labels_of(kernel, size, static_cast<unsigned>(point.x)),
                              .unit = "cycles/B",
                              .better = result::Better::lower,
                              .median = point.median * per_ns,
                              .low = point.low * per_ns,
                              .high = point.high * per_ns,
                              .count = point.count});
}

void record_cpu(Document& document, int cpu) {
  if (cpu >= 0) {
    document.parameters["cpu"] = static_cast<std::int64_t>(cpu);
    return;
  }
  document.not_measured.push_back({.what = "one CPU alone",
                                   .reason = "the kernel refused to keep this program on one",
                                   .remedy = "allow sched_setaffinity"});
}

void record_ratio(Document& document, const kernels::Kernel& kernel, unsigned offset,
                  const SizeRatio& ratio) {
  document.metrics.push_back({.name = "copy_ratio",
                              .labels = labels_of(kernel, ratio.size, offset),
                              .unit = "ratio",
                              .better = result::Better::lower,
                              .median = ratio.ratio.median,
                              .low = ratio.ratio.low,
                              .high = ratio.ratio.high,
                              .count = ratio.ratio.count,
                              .samples = ratio.samples});
}

void record_ratios_by_size(Document& document, const kernels::Kernel& kernel, unsigned offset,
                           const std::vector<SizeRatio>& ratios) {
  result::Series series{.name = "ratio_by_size",
                        .labels = labels_of(kernel),
                        .title = kernel.name == "memmove" || kernel.name == "mempcpy"
                                     ? ""  // the code of memcpy
                                     : "Time at a slow offset over time at a fast one, by size",
                        .x_label = "size",
                        .x_unit = "B",
                        .unit = "ratio",
                        .x_log = true,
                        .y_log = true};
  series.labels["offset"] = std::to_string(offset);
  for (const auto& at : ratios) {
    series.points.push_back({.x = static_cast<double>(at.size),
                             .median = at.ratio.median,
                             .low = at.ratio.low,
                             .high = at.ratio.high,
                             .count = at.ratio.count});
  }
  document.series.push_back(std::move(series));
}

void record_window(Document& document, const kernels::Kernel& kernel, unsigned offset,
                   const SizeWindow& window) {
  auto& rows = table(document, "size_windows",
                     {{"kernel", ""},
                      {"family", ""},
                      {"offset", ""},
                      {"size_first", "B"},
                      {"size_last", "B"},
                      {"open_below", ""},
                      {"open_above", ""},
                      {"exact", ""}})
                   .rows;
  rows.push_back({kernel.name, std::string(family_name(kernel.family)),
                  static_cast<std::int64_t>(offset), static_cast<std::int64_t>(window.first),
                  static_cast<std::int64_t>(window.last), window.open_below, window.open_above,
                  window.exact});
}

void record_matrix(Document& document, const kernels::Kernel& kernel,
                   const std::vector<std::uint64_t>& sizes, const std::vector<unsigned>& offsets,
                   const std::vector<std::vector<SizeRatio>>& by_offset) {
  result::HeatMap map{
      .name = "ratio_by_size_and_offset",
      .labels = labels_of(kernel),
      .title = fmt::format("{}: time over the time at offset {}", kernel.name, reference_offset),
      .x_label = "(destination - source) mod 4096",
      .y_label = "size, bytes",
      .unit = "ratio",
      .log = true};
  map.x.assign(offsets.begin(), offsets.end());
  map.y.assign(sizes.begin(), sizes.end());
  map.values.assign(sizes.size(),
                    std::vector<double>(offsets.size(), std::numeric_limits<double>::quiet_NaN()));
  for (std::size_t x = 0; x < by_offset.size(); ++x) {
    for (const auto& at : by_offset[x]) {
      const auto row = static_cast<std::size_t>(std::ranges::find(sizes, at.size) - sizes.begin());
      if (row < sizes.size()) map.values[row][x] = at.ratio.median;
    }
  }
  document.heatmaps.push_back(std::move(map));
}

void record_alignments(Document& document, const kernels::Kernel& kernel, unsigned line,
                       std::uint64_t size, const std::vector<measure::CellSamples>& samples) {
  result::HeatMap map{
      .name = "throughput_by_alignment",
      .labels = labels_of(kernel),
      .title = fmt::format("{}: throughput of {} by alignment", kernel.name, format_size(size)),
      .x_label = "destination mod 64",
      .y_label = "source mod 64",
      .unit = "GB/s",
      .log = true};
  for (unsigned i = 0; i < line; ++i) {
    map.x.push_back(i);
    map.y.push_back(i);
    auto& row = map.values.emplace_back();
    for (unsigned j = 0; j < line; ++j) {
      const double ns = stats::summarize(samples[i * line + j].ns).median;
      row.push_back(ns > 0 ? static_cast<double>(size) / ns
                           : std::numeric_limits<double>::quiet_NaN());
    }
  }
  document.heatmaps.push_back(std::move(map));
}

void record_pair_tail(Document& document, const kernels::Kernel& kernel, const PairTail& tail) {
  const double share = static_cast<double>(tail.slow_pairs) / static_cast<double>(tail.pairs);
  document.metrics.push_back({.name = "slow_page_pairs",
                              .labels = labels_of(kernel, tail.size, tail.offset),
                              .unit = "ratio",
                              .better = result::Better::lower,
                              .median = share,
                              .low = share,
                              .high = share,
                              .count = tail.pairs,
                              .samples = tail.ratios});
  if (tail.slow_pairs == 0) return;
  document.metrics.push_back({.name = "slow_page_pair_factor",
                              .labels = labels_of(kernel, tail.size, tail.offset),
                              .unit = "ratio",
                              .better = result::Better::lower,
                              .median = tail.factor,
                              .low = tail.factor,
                              .high = tail.factor,
                              .count = tail.slow_pairs});
}

void record_far_distance(Document& document, const kernels::Kernel& kernel,
                         const FarDistance& far) {
  document.metrics.push_back({.name = "far_distance_ratio",
                              .labels = labels_of(kernel, far.size, far.offset),
                              .unit = "ratio",
                              .better = result::Better::lower,
                              .median = far.ratio.median,
                              .low = far.ratio.low,
                              .high = far.ratio.high,
                              .count = far.ratio.count});
}

}  // namespace bytepath::copy
