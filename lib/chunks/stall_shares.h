#pragma once
#include <cstdint>
#include <map>
#include <vector>

#include "mounts/mount_trace.h"

namespace bytepath::chunks {

// How long the target's threads did not run because of the mount. What one thread waited for twice
// at a time counts once; several threads that wait at once count each.
struct StallShares {
  std::uint64_t wall_ns = 0;
  std::uint64_t all_ns = 0;       // of all threads
  std::uint64_t data_ns = 0;      // of it for content: pages of reads and faults, READs
  std::uint64_t metadata_ns = 0;  // the rest: names, attributes, folders, opening
  std::uint32_t longest_thread =
      0;  // the one that waited most, which a start cannot be faster than
  std::uint64_t longest_ns = 0;
  std::uint64_t longest_data_ns = 0;
  std::uint64_t stalls = 0;

  struct File {
    mounts::FileId id;
    std::uint64_t ns = 0;
    std::uint64_t stalls = 0;
  };
  std::vector<File> files;                           // by their time, the most first; of data
  std::map<std::uint32_t, std::uint64_t> by_opcode;  // nanoseconds of requests, by opcode
  std::map<std::uint32_t, std::uint64_t> by_process;
};

StallShares stall_shares(const mounts::MountTrace& trace);

}  // namespace bytepath::chunks
