#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/root.h"

namespace bytepath::host {

// The tightest limits on this process by its control groups and all groups above them.
struct CgroupLimits {
  std::optional<std::uint64_t> memory_bytes;  // beyond this the page cache is taken back
  std::string memory_file;                    // which file says so
  std::optional<double> cpus;                 // time quota: 1.5 means 150 ms in each 100 ms
  std::string cpu_file;
};

// Version 2 (memory.max, memory.high, cpu.max) and version 1 (memory.limit_in_bytes,
// cpu.cfs_quota_us); nothing where there is no limit or no cgroup file system.
CgroupLimits read_cgroup_limits(const Root& root);

// The path of the group of that controller in /proc/<pid>/cgroup; "" asks for version 2.
std::optional<std::string> cgroup_path(std::string_view text, std::string_view controller);

// "max 100000" -> nothing, "150000 100000" -> 1.5
std::optional<double> parse_cpu_quota(std::string_view text);

}  // namespace bytepath::host
