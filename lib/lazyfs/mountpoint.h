#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace bytepath::lazyfs {

// Is there a /dev/fuse that this user may use? Errors: unsupported or denied.
Result<> check_fuse();

// Is it an empty directory? A mount of ours whose process was killed is taken away first. Error:
// usage, or denied.
Result<> prepare_mountpoint(const std::string& path);

// Types of what is mounted there, the lowest first. mountinfo: the text of /proc/self/mountinfo
// (proc_pid_mountinfo(5)); path: absolute and without links.
std::vector<std::string> types_mounted(std::string_view mountinfo, std::string_view path);

// What a mount of ours is to the kernel, as in /proc/mounts.
inline constexpr char mount_type[] = "fuse.lazyfs";

}  // namespace bytepath::lazyfs
