#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bytepath::host {

// One line of /proc/PID/maps (proc(5)).
struct ProcessMapping {
  std::uint64_t first = 0;
  std::uint64_t last = 0;  // exclusive
  bool readable = false;
  bool writable = false;
  bool executable = false;
  std::uint64_t file_offset = 0;
  std::string device;  // "fd:01"
  std::uint64_t inode = 0;
  std::string path;      // empty for anonymous memory; "[heap]" and the like are kept
  bool deleted = false;  // the file has no name any more; path is without " (deleted)"
};

// Lines that do not have the form are left out; at most 1 Mi of them are read.
std::vector<ProcessMapping> parse_process_maps(std::string_view text);

}  // namespace bytepath::host
