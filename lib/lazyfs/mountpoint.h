#pragma once
#include <string>

#include "base/result.h"

namespace bytepath::lazyfs {

// Is there a /dev/fuse that this user may use? Errors: unsupported or denied.
Result<> check_fuse();

// Is it an empty directory? A mount of ours whose process was killed is taken away first. Error:
// usage, or denied.
Result<> prepare_mountpoint(const std::string& path);

// What a mount of ours is to the kernel, as in /proc/mounts.
inline constexpr char mount_type[] = "fuse.lazyfs";

}  // namespace bytepath::lazyfs
