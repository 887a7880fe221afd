#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mounts/mount_trace.h"

namespace bytepath::chunks {

// How many bytes each level on the way took, from what is there down to what the program used. The
// difference between two neighbours is what the lower one asked for too much, or kept from before.
struct LadderStep {
  std::string name;
  std::string where;                    // the mount, or whose
  std::optional<std::uint64_t> bytes;   // nothing: not known
  std::optional<std::uint64_t> unique;  // each byte once, where that is less
};

// From the program up: touched, mapped, cached (of each mount on which something was), read through
// the mount, fetched upstream, the image.
std::vector<LadderStep> byte_ladder(const mounts::MountTrace& trace);

}  // namespace bytepath::chunks
