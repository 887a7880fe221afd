#pragma once
#include <string>
#include <vector>

#include "result/document.h"

// Documents as memcpy-probe writes them, of hosts that a test makes up.
namespace bytepath::test {

// Offsets first..last take `factor` times as long.
struct SlowClass {
  unsigned first = 0;
  unsigned last = 0;
  double factor = 1;
};

struct CopyDocument {
  result::Document document{.tool = "memcpy-probe",
                            .tool_version = "0.0.7",
                            .started = "2026-11-23T07:00:00Z",
                            .verdict = {},
                            .metrics = {},
                            .series = {},
                            .heatmaps = {},
                            .tables = {},
                            .findings = {},
                            .not_measured = {}};

  // A sweep over all offsets, and as survey does the ratio within the worst class.
  CopyDocument& sweep(const std::string& kernel, const std::string& family,
                      const std::vector<SlowClass>& classes, std::uint64_t size = 4096) {
    result::Series series{
        .name = "time_by_offset",
        .labels = {{"kernel", kernel}, {"family", family}, {"size", std::to_string(size)}},
        .unit = "ns"};
    for (unsigned d = 0; d < 4096; ++d) {
      double ns = 50;
      for (const auto& slow : classes) ns *= d >= slow.first && d <= slow.last ? slow.factor : 1;
      series.points.push_back(
          {.x = static_cast<double>(d), .median = ns, .low = ns, .high = ns, .count = 16});
    }
    document.series.push_back(std::move(series));
    return *this;
  }

  CopyDocument& ratio(const std::string& kernel, const std::string& family, unsigned offset,
                      double median, double low, double high, std::uint64_t size = 4096) {
    document.metrics.push_back({.name = "copy_ratio",
                                .labels = {{"kernel", kernel},
                                           {"family", family},
                                           {"size", std::to_string(size)},
                                           {"offset", std::to_string(offset)}},
                                .unit = "ratio",
                                .better = result::Better::lower,
                                .median = median,
                                .low = low,
                                .high = high,
                                .count = 16});
    return *this;
  }

  CopyDocument& metric(const std::string& name, unsigned offset, double median, double low,
                       double high, std::uint64_t count = 16) {
    document.metrics.push_back(
        {.name = name,
         .labels = {{"kernel", "rep-movsb"}, {"size", "2048"}, {"offset", std::to_string(offset)}},
         .unit = "ratio",
         .median = median,
         .low = low,
         .high = high,
         .count = count});
    return *this;
  }

  CopyDocument& window(const std::string& kernel, std::int64_t first, std::int64_t last,
                       bool open_below = false, bool open_above = false, bool exact = true) {
    table("size_windows", {"kernel", "family", "offset", "size_first", "size_last", "open_below",
                           "open_above", "exact"})
        .rows.push_back({kernel, std::string("libc"), std::int64_t{8}, first, last, open_below,
                         open_above, exact});
    return *this;
  }

  CopyDocument& trial(const std::string& setting, result::Value helps) {
    table("remedy_trials", {"setting", "helps"}).rows.push_back({setting, std::move(helps)});
    return *this;
  }

  // The named table, made when there is none.
  result::Table& table(const std::string& name, const std::vector<std::string>& columns) {
    for (auto& present : document.tables) {
      if (present.name == name) return present;
    }
    auto& made = document.tables.emplace_back(result::Table{.name = name});
    for (const auto& column : columns) made.columns.push_back({.name = column});
    return made;
  }
};

// Zen 3 with glibc 2.36 as it was measured: everything is hit.
inline result::Document affected_host() {
  return CopyDocument{}
      .sweep("rep-movsb", "instruction", {{1, 31, 25}})
      .sweep("memcpy", "libc", {{1, 31, 20}})
      .ratio("memcpy", "libc", 8, 20, 19, 21)
      .window("memcpy", 2113, 524287)
      .sweep("pread", "syscall", {{1, 31, 6}}, 16384)
      .sweep("pwrite", "syscall", {}, 16384)
      .document;
}

inline result::Document clean_host() {
  return CopyDocument{}
      .sweep("rep-movsb", "instruction", {})
      .sweep("memcpy", "libc", {})
      .sweep("pread", "syscall", {}, 16384)
      .document;
}

}  // namespace bytepath::test
