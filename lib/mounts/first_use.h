#pragma once
#include <cstdint>
#include <vector>

#include "mounts/range_list.h"
#include "mounts/reads.h"

// What to fetch before a start, out of what it used: in the order in which it first did.
namespace bytepath::mounts {

struct FirstUses {
  std::vector<FileRange> ranges;  // none of which overlap
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;          // of whole files those whose size is known
  std::uint64_t unnamed_files = 0;  // whose path is not known, left out
};

// Each byte once. What begins where the range of the file before it ended, or ends where that
// began, becomes one with it.
FirstUses ranges_in_order(const std::vector<Touch>& touches, const FileTable& files);

// Whole files: FileRange::to_the_end.
FirstUses files_in_order(const std::vector<Touch>& touches, const FileTable& files);

}  // namespace bytepath::mounts
