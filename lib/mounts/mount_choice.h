#pragma once
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "base/result.h"
#include "mounts/mount_trace.h"

namespace bytepath::mounts {

// "the mount of depth 1, /mnt/fuse", or its device where nothing else is known.
std::string mount_text(const MountTrace& trace, std::uint64_t device);

// Its path, or where it has none the same as mount_text().
std::string mount_name(const MountTrace& trace, std::uint64_t device);

// The device out of `candidates`, which are not empty, that `asked` names by the path of its mount
// or by its depth; empty: the only candidate. `what` is what the candidates have, "a request to
// read", and `name` the trace's, both for the error (usage).
Result<std::uint64_t> choose_mount(const MountTrace& trace,
                                   const std::set<std::uint64_t>& candidates,
                                   const std::string& asked, std::string_view what,
                                   std::string_view name);

}  // namespace bytepath::mounts
