#include "chase/memory_room.h"

#include <algorithm>

#include "base/file.h"
#include "base/text.h"
#include "host/cgroup_limits.h"

namespace bytepath::chase {

std::optional<std::uint64_t> memory_room(const Root& root) {
  std::optional<std::uint64_t> room;
  const std::string meminfo = read_file(root.at("/proc/meminfo")).value_or("");
  for (const auto line : split(meminfo, '\n')) {
    const auto fields = words(line);
    if (fields.size() < 2 || fields[0] != "MemAvailable:") continue;
    const auto kib = parse_unsigned(fields[1]);
    if (kib && *kib < UINT64_MAX / 1024) room = *kib * 1024;
  }
  const auto limit = host::read_cgroup_limits(root).memory_bytes;
  if (room && limit) return std::min(*room, *limit);
  return room ? room : limit;
}

}  // namespace bytepath::chase
