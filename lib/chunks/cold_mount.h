#pragma once
#include "base/result.h"
#include "mounts/mount_stack.h"

namespace bytepath::chunks {

// Writes to /proc/sys/vm/drop_caches: the page cache, names and attributes of the whole host.
// Errors: denied (not root), failed.
Result<> drop_caches();

// Unmounts the first mount of the stack and mounts it again as it was; of the files that it and
// what is below it rest on, the pages are dropped. Errors: usage (a FUSE mount, which only its
// daemon can mount), denied, failed (it is in use).
Result<> remount(const mounts::MountStack& stack);

}  // namespace bytepath::chunks
