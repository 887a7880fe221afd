#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "lazyfs/grid.h"

namespace bytepath::lazyfs {

struct PrefetchEntry {
  std::string path;  // from the mount point on
  Extent extent;
  bool operator==(const PrefetchEntry&) const = default;
};

// Lines of `path offset length`, both in bytes; the path may have blanks, since the last two words
// are the numbers. Empty lines and those that begin with # are comments. Error (usage): a line of
// another form, named as name:line.
Result<std::vector<PrefetchEntry>> parse_prefetch_list(std::string_view text,
                                                       std::string_view name);

}  // namespace bytepath::lazyfs
