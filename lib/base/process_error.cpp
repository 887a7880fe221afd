#include "base/process_error.h"

#include <sys/stat.h>

#include <cerrno>
#include <csignal>

namespace bytepath {

std::unexpected<Error> process_error(pid_t pid, Error error) {
  struct stat status{};
  if (::stat(fmt::format("/proc/{}", pid).c_str(), &status) == 0 || errno != ENOENT)
    return std::unexpected(std::move(error));
  if (::kill(pid, 0) != 0 && errno == ESRCH)
    return fail(ErrorKind::usage, fmt::format("there is no process {}", pid), "see ps -e");
  return fail(ErrorKind::denied, fmt::format("/proc does not show process {}", pid),
              "run as its user or as root: /proc is mounted with hidepid, or not at all");
}

}  // namespace bytepath
