#include "lazyfs/mountpoint.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "base/descriptor.h"
#include "base/file.h"
#include "base/text.h"

namespace bytepath::lazyfs {
namespace {

// A path in mountinfo has \040 for a blank, and the like for a tab, a line end and a backslash.
std::string unescaped(std::string_view text) {
  constexpr std::size_t digits = 3;
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto code =
        text[i] == '\\' ? parse_unsigned(text.substr(i + 1, digits), 8) : std::nullopt;
    out += code ? static_cast<char>(*code) : text[i];
    i += code ? digits : 0;
  }
  return out;
}

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
  const auto types = types_mounted(mountinfo.value_or(""), absolute(path));
  if (types.empty() || types.back() != mount_type) {
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

std::vector<std::string> types_mounted(std::string_view mountinfo, std::string_view path) {
  constexpr std::size_t mount_point = 4;
  std::vector<std::string> types;
  for (const auto line : split(mountinfo, '\n')) {
    const auto separator = line.find(" - ");
    const auto fields = words(line.substr(0, separator));
    if (separator == std::string_view::npos || fields.size() <= mount_point) continue;
    const auto rest = words(line.substr(separator + 3));
    if (rest.empty() || unescaped(fields[mount_point]) != path) continue;
    types.emplace_back(rest[0]);
  }
  return types;
}

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
