#include <algorithm>

#include "faults/file_tables.h"

namespace bytepath::faults {
namespace {

constexpr std::size_t cells = 64;
constexpr double mib = 1024 * 1024;

std::vector<double> shares(const pages::PageSet& set, std::uint64_t pages_each,
                           std::uint64_t all_pages) {
  std::vector<double> row;
  for (std::uint64_t first = 0; first < all_pages; first += pages_each) {
    const std::uint64_t count = std::min(pages_each, all_pages - first);
    row.push_back(100 * static_cast<double>(set.count(first, count)) / static_cast<double>(count));
  }
  return row;
}

}  // namespace

void add_strips(result::Document& document, std::span<const FileRecord> records) {
  for (const auto& record : records) {
    const std::uint64_t all_pages = pages::pages_of(record.file.size);
    if (all_pages == 0) continue;
    const std::uint64_t pages_each = (all_pages + cells - 1) / cells;
    result::HeatMap map{.name = "strip",
                        .labels = {{"file", record.file.path}},
                        .title = "What part of each stretch of the file",
                        .x_label = "offset in the file [MiB]",
                        .y_label = "",
                        .unit = "percent"};
    for (std::uint64_t first = 0; first < all_pages; first += pages_each) {
      map.x.push_back(static_cast<double>(first * pages::page_bytes) / mib);
    }
    const auto add = [&](const char* name, const std::optional<pages::PageSet>& set) {
      if (!set) return;
      map.y.push_back(static_cast<double>(map.y.size()));
      map.y_names.emplace_back(name);
      map.values.push_back(shares(*set, pages_each, all_pages));
    };
    add("touched", record.touched);
    add("mapped", record.mapped);
    add("read", record.read);
    add("cached", record.cached);
    add("cached before", record.cached_before);
    if (!map.values.empty()) document.heatmaps.push_back(std::move(map));
  }
}

}  // namespace bytepath::faults
