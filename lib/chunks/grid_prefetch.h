#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "chunks/grid_parts.h"
#include "mounts/range_list.h"

namespace bytepath::chunks {

// What a mount of a grid fetches before it is asked, by a list of ranges: in the list's order, each
// part once.
struct PrefetchPlan {
  static constexpr std::uint32_t not_read = UINT32_MAX;
  struct Item {
    std::uint32_t part = not_read;  // of GridParts
    std::uint64_t bytes = 0;
  };

  std::vector<Item> items;
  std::uint64_t bytes = 0;
  std::uint64_t wasted_bytes = 0;  // of parts that no READ touched
  std::size_t left = 0;            // parts that are read and not in the list
};

PrefetchPlan plan_prefetch(const StartReads& start, const GridParts& parts,
                           std::span<const mounts::FileRange> list);

// How many ranges have a path that none of these starts knows.
std::size_t unknown_ranges(std::span<const StartReads> starts,
                           std::span<const mounts::FileRange> list);

}  // namespace bytepath::chunks
