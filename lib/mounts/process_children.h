#pragma once
#include <cstdint>
#include <vector>

#include "base/root.h"

namespace bytepath::mounts {

// These processes, and those that they and their children have started, as far as those still run
// (proc_pid_stat(5)). Each once, by number.
std::vector<std::uint32_t> with_children(std::vector<std::uint32_t> processes, const Root& root);

}  // namespace bytepath::mounts
