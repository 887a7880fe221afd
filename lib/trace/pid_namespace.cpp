#include "trace/pid_namespace.h"

#include <sys/stat.h>

namespace bytepath::trace {
namespace {

// PROC_PID_INIT_INO, include/linux/proc_ns.h: the number of the first PID namespace.
constexpr ino_t initial_pid_namespace = 0xEFFFFFFC;

}  // namespace

std::uint32_t own_pid_namespace() {
  struct stat status{};
  if (::stat("/proc/self/ns/pid", &status) != 0 || status.st_ino == initial_pid_namespace) return 0;
  return static_cast<std::uint32_t>(status.st_ino);
}

}  // namespace bytepath::trace
