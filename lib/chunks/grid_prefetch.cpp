#include "chunks/grid_prefetch.h"

#include <algorithm>
#include <map>
#include <unordered_set>

namespace bytepath::chunks {

PrefetchPlan plan_prefetch(const StartReads& start, const GridParts& parts,
                           std::span<const mounts::FileRange> list) {
  // Layers may have the same path: whoever has but a path fetches it of each.
  std::multimap<std::string_view, std::uint32_t> files;
  for (std::uint32_t i = 0; i < start.files.size(); ++i) files.emplace(start.files[i].path, i);
  PrefetchPlan plan;
  std::unordered_set<std::uint64_t> seen;
  std::size_t read = 0;
  const auto add = [&](std::uint64_t key, std::uint64_t bytes) {
    if (!seen.insert(key).second) return;
    const std::uint32_t part = parts.number_of(key);
    plan.items.push_back({.part = part, .bytes = bytes});
    plan.bytes += bytes;
    if (part == PrefetchPlan::not_read) {
      plan.wasted_bytes += bytes;
    } else {
      ++read;
    }
  };
  for (const auto& range : list) {
    const auto [first, last] = files.equal_range(range.path);
    for (auto each = first; each != last; ++each) {
      const std::uint64_t size = start.files[each->second].bytes;
      if (range.offset >= size) continue;
      const std::uint64_t bytes = std::min(range.bytes, size - range.offset);
      if (bytes > 0) parts.each_part(each->second, range.offset, bytes, add);
    }
  }
  plan.left = parts.parts().size() - read;
  return plan;
}

std::size_t unknown_ranges(std::span<const StartReads> starts,
                           std::span<const mounts::FileRange> list) {
  std::unordered_set<std::string_view> known;
  for (const auto& start : starts) {
    for (const auto& file : start.files) known.insert(file.path);
  }
  return static_cast<std::size_t>(
      std::ranges::count_if(list, [&](const auto& range) { return !known.contains(range.path); }));
}

}  // namespace bytepath::chunks
