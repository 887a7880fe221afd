#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "faults/fault_class.h"
#include "faults/watched_files.h"
#include "pages/page_set.h"

namespace bytepath::faults {

struct RangeRecord {
  ClassTotals faults;
  std::uint64_t pages_read = 0;  // that came into the page cache
};

// All that a run knows of one file. What a mode cannot know is not there.
struct FileRecord {
  WatchedFile file;
  std::optional<pages::PageSet> touched;        // exactly the pages that the program used
  std::optional<pages::PageSet> mapped;         // in a page table at some time: the upper bound
  std::optional<pages::PageSet> cached;         // in the page cache when it was looked at
  std::optional<pages::PageSet> cached_before;  // in the page cache before the run
  std::optional<pages::PageSet> read;           // came into the page cache during the run
  ClassTotals faults;
  std::uint64_t pages_read = 0;     // a page that came twice counts twice
  std::vector<RangeRecord> ranges;  // as file.ranges()
  bool counts_faults = false;       // faults and ranges were measured
  bool was_mapped = false;

  explicit FileRecord(WatchedFile watched)
      : file(std::move(watched)), ranges(file.ranges().size()) {}
};

// A page belongs to the range that holds its middle byte, so that each belongs to one and sums are
// sums. Which one of `ranges` (without gap): its index.
std::size_t range_of_page(std::span<const weights::Range> ranges, std::uint64_t page);
// The pages that belong to ranges[index].
pages::PageRun pages_of_range(std::span<const weights::Range> ranges, std::size_t index);

}  // namespace bytepath::faults
