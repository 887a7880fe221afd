#pragma once
#include <cstdint>

namespace bytepath::trace {

// The inode number of this process's PID namespace; 0 in the initial one, where BPF's own numbers
// are right, and where /proc is missing.
std::uint32_t own_pid_namespace();

}  // namespace bytepath::trace
