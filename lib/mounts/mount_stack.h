#pragma once
#include <string>
#include <vector>

#include "base/result.h"
#include "base/root.h"
#include "host/mount_table.h"
#include "mounts/mount_trace.h"

namespace bytepath::mounts {

// A mount and what is known of it from outside.
struct StackedMount {
  host::MountEntry entry;
  std::uint32_t depth = 0;  // 0: the one that was asked for
  std::size_t above = 0;    // place of the one that rests on it
  std::string through;  // how the one above rests on it: "lower folder", "loop device /dev/loop0",
                        // "image file /a/b"; empty for the first
  std::uint64_t bytes = 0;            // of its content; 0: not known
  std::uint64_t readahead_bytes = 0;  // 0: not known
  std::uint64_t max_background = 0;   // of FUSE; 0: not known
  std::uint64_t congestion_threshold = 0;
};

// A mount and all that its content comes through: the lower folders of an overlay, the file behind
// a loop device or a file system image, down to FUSE mounts and disks. Each file system once, those
// that are asked first.
using MountStack = std::vector<StackedMount>;

// `path` is a mount point, as the user names it. Root: where /proc and /sys are read. Errors
// (usage): it does not exist, it is no mount point, with the mount that it lies on.
Result<MountStack> find_stack(const std::string& path, const Root& root);

// Those that are worth tracing: the first, and what lies on the way to a FUSE mount. The disks that
// an overlay's other folders are on are not, as long as there is a FUSE mount at all.
MountStack watched_part(const MountStack& stack);

// What the trace says of each.
std::vector<Mount> mounts_of(const MountStack& stack);

}  // namespace bytepath::mounts
