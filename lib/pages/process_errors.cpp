#include "pages/process_errors.h"

#include <sys/stat.h>

namespace bytepath::pages {

std::unexpected<Error> process_error(pid_t pid, Error error) {
  struct stat status{};
  if (::stat(fmt::format("/proc/{}", pid).c_str(), &status) != 0 && errno == ENOENT)
    return fail(ErrorKind::usage, fmt::format("no process {}", pid), "see ps -e");
  return std::unexpected(std::move(error));
}

}  // namespace bytepath::pages
