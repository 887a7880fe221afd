#pragma once
#include <cstdint>
#include <vector>

#include "faults/watched_files.h"

namespace bytepath::faults {

// How many pages of the watched files the kernel takes out of memory while this exists, by
// cachestat(2) (Linux 6.5). Dropping a file on purpose (POSIX_FADV_DONTNEED) is no eviction.
class Evictions {
 public:
  explicit Evictions(const WatchedFiles& watched);
  // Since then. 0 where the kernel does not tell, and of files that were not watched at the start.
  std::uint64_t pages_of(std::size_t index) const;

 private:
  const WatchedFiles& watched_;
  std::vector<std::uint64_t> before_;
};

}  // namespace bytepath::faults
