#include "pages/regular_file.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <utility>

namespace bytepath::pages {
namespace {

bool has_owner_capability() {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> data{};
  if (::syscall(SYS_capget, &header, data.data()) != 0) return false;
  return (data[0].effective >> CAP_FOWNER & 1U) != 0;
}

}  // namespace

Result<RegularFile> open_regular_file(const std::string& path) {
  // Without O_NONBLOCK a pipe without a writer would keep us here.
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) return fail_errno(errno, "cannot open {}", path);
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return fail_errno(errno, "cannot look at {}", path);
  if (!S_ISREG(status.st_mode)) {
    return fail(ErrorKind::usage, fmt::format("{} is not a regular file", path),
                "only regular files have pages in the page cache that are told here");
  }
  return RegularFile{.file = std::move(file), .bytes = static_cast<std::uint64_t>(status.st_size)};
}

bool residency_is_told(const Descriptor& file) {
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return false;
  if (status.st_uid == ::geteuid() || has_owner_capability()) return true;
  const std::string path = fmt::format("/proc/self/fd/{}", file.get());
  return ::faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) == 0;
}

}  // namespace bytepath::pages
