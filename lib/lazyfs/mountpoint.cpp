#include "lazyfs/mountpoint.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "base/descriptor.h"
#include "base/file.h"
#include "host/mount_table.h"

namespace bytepath::lazyfs {
namespace {

// The way to a mount whose process is gone cannot be resolved to its end, but to the one above.
std::string absolute(const std::string& path) {
  std::error_code error;
  const auto given = std::filesystem::absolute(path, error).lexically_normal();
  const auto whole = given.filename().empty() ? given.parent_path() : given;
  return (std::filesystem::weakly_canonical(whole.parent_path(), error) / whole.filename())
      .string();
}

// Takes away what a process of ours that was killed left.
Result<> detach_dead(const std::string& path) {
  const auto mountinfo = read_file("/proc/self/mountinfo");
  const auto mounts = host::mounts_from_text(mountinfo.value_or(""));
  const auto* const top = host::mount_of_path(mounts, absolute(path));
  if (top == nullptr || top->path != absolute(path) || top->type != mount_type) {
    return fail(ErrorKind::usage,
                fmt::format("cannot mount on {}: what is mounted there does not answer", path),
                fmt::format("umount {}", path));
  }
  if (::umount2(path.c_str(), MNT_DETACH) == 0) return {};
  return fail(
      ErrorKind::denied,
      fmt::format("cannot mount on {}: a dead mount is there: {}", path, std::strerror(errno)),
      fmt::format("fusermount3 -u {}", path));
}

}  // namespace

Result<> check_fuse() {
  const Descriptor device(::open("/dev/fuse", O_RDWR | O_CLOEXEC));
  if (device) return {};
  const int error = errno;
  const bool denied = error == EACCES || error == EPERM;
  return fail(denied ? ErrorKind::denied : ErrorKind::unsupported,
              fmt::format("cannot mount: /dev/fuse: {}", std::strerror(error)),
              denied
                  ? "see CAPABILITIES in the manual page"
                  : "modprobe fuse, or give the container --device /dev/fuse --cap-add SYS_ADMIN");
}

Result<> prepare_mountpoint(const std::string& path) {
  struct stat status{};
  int error = ::stat(path.c_str(), &status) == 0 ? 0 : errno;
  if (error == ENOTCONN) {
    if (auto detached = detach_dead(path); !detached) return detached;
    error = ::stat(path.c_str(), &status) == 0 ? 0 : errno;
  }
  const auto refuse = [&](std::string_view why) {
    return fail(ErrorKind::usage, fmt::format("cannot mount on {}: {}", path, why),
                "give an empty directory");
  };
  if (error != 0) return refuse(std::strerror(error));
  if (!S_ISDIR(status.st_mode)) return refuse("not a directory");
  std::error_code unreadable;
  const bool is_empty = std::filesystem::is_empty(path, unreadable);
  if (unreadable) return refuse(unreadable.message());
  if (!is_empty) return refuse("the directory is not empty");
  return {};
}

}  // namespace bytepath::lazyfs
