#include "faults/file_record.h"

#include <algorithm>

namespace bytepath::faults {

using pages::page_bytes;

std::size_t range_of_page(std::span<const weights::Range> ranges, std::uint64_t page) {
  const std::uint64_t middle = page * page_bytes + page_bytes / 2;
  const auto after = std::ranges::upper_bound(ranges, middle, {}, &weights::Range::offset);
  // The last page's middle may lie beyond the end of the file.
  return after == ranges.begin() ? 0 : static_cast<std::size_t>(after - ranges.begin()) - 1;
}

pages::PageRun pages_of_range(std::span<const weights::Range> ranges, std::size_t index) {
  // The first page whose middle is at or after `offset`.
  const auto first_from = [](std::uint64_t offset) {
    return (offset + page_bytes / 2 - 1) / page_bytes;
  };
  const weights::Range& range = ranges[index];
  const std::uint64_t end = range.offset + range.size;
  const bool is_last = index + 1 == ranges.size();
  const std::uint64_t first = first_from(range.offset);
  return {.first = first, .count = (is_last ? pages::pages_of(end) : first_from(end)) - first};
}

}  // namespace bytepath::faults
