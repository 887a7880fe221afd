#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "base/root.h"
#include "host/cache_leaves.h"

namespace bytepath::host {

// What the kernel says about the caches of one CPU: /sys/devices/system/cpu/cpuN/cache
// (Documentation/ABI/testing/sysfs-devices-system-cpu), by level, data first. Empty where it says
// nothing, as in guests whose CPUID tells of none.
std::vector<Cache> read_sysfs_caches(const Root& root, unsigned cpu);

// "32K" and "8M" as bytes.
std::optional<std::uint64_t> parse_cache_size(std::string_view text);

// How many CPUs a list such as "0-3,8" names; 0 for a text that is none.
std::uint32_t cpus_in_list(std::string_view text);

}  // namespace bytepath::host
