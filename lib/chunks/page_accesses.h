#pragma once
#include <cstdint>
#include <map>
#include <vector>

#include "mounts/mount_trace.h"

namespace bytepath::chunks {

// What the target's accesses through the page cache of one mount found.
struct PageAccesses {
  std::uint64_t accessed = 0;  // pages, each time
  std::uint64_t read_misses = 0;
  std::uint64_t fault_misses = 0;
  std::uint64_t late = 0;  // on their way, by another's readahead
  std::uint64_t missed() const { return read_misses + fault_misses; }
  std::uint64_t hits() const {
    const std::uint64_t others = missed() + late;
    return accessed > others ? accessed - others : 0;
  }
};

// By device, of those that were accessed.
std::map<std::uint64_t, PageAccesses> page_accesses(const mounts::MountTrace& trace);

// Bytes of a device's files, each page once. The last page of a file counts with the bytes it has.
struct PageBytes {
  std::uint64_t touched = 0;  // by reads, and by faults on the very page
  std::uint64_t mapped = 0;   // these, and what faults mapped around
  std::uint64_t cached = 0;   // all that was in the page cache meanwhile, as far as it was seen
};
std::map<std::uint64_t, PageBytes> page_bytes_of(const mounts::MountTrace& trace);

}  // namespace bytepath::chunks
