#include "mounts/mount_trace.h"

#include <algorithm>

namespace bytepath::mounts {

bool MountTrace::has_level(std::string_view level) const {
  return std::ranges::find(levels, level) != levels.end();
}

}  // namespace bytepath::mounts
