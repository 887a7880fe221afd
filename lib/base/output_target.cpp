#include "base/output_target.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <filesystem>
#include <optional>
#include <string_view>

#include "base/text.h"

namespace bytepath {
namespace {

std::optional<int> named_descriptor(std::string_view path) {
  if (path == "/dev/stdout") return STDOUT_FILENO;
  if (path == "/dev/stderr") return STDERR_FILENO;
  for (const std::string_view folder : {"/dev/fd/", "/proc/self/fd/"}) {
    if (!path.starts_with(folder)) continue;
    const auto number = parse_unsigned(path.substr(folder.size()));
    if (number && *number <= INT_MAX) return static_cast<int>(*number);
  }
  return std::nullopt;
}

// Where the link points that `entry` holds open, so that it cannot be another one by now.
std::optional<std::string> content_of(const Descriptor& entry) {
  std::array<char, PATH_MAX> to{};
  const ssize_t size = ::readlinkat(entry.get(), "", to.data(), to.size());
  if (size <= 0) return std::nullopt;
  return std::string(to.data(), static_cast<std::size_t>(size));
}

Result<OutputTarget> open_target(int number, const std::string& path) {
  const int flags = ::fcntl(number, F_GETFL);
  if (flags == -1) return cannot_write(errno, path);
  if ((flags & O_ACCMODE) == O_RDONLY) return cannot_write(EBADF, path);
  OutputTarget target;
  target.descriptor = Descriptor(::fcntl(number, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  if (!target.descriptor) return cannot_write(errno, path);
  return target;
}

}  // namespace

std::unexpected<Error> cannot_write(int errno_value, std::string_view path) {
  auto failed = fail_errno(errno_value, "cannot write {}", path);
  switch (errno_value) {
    case EACCES:
    case EPERM:
    case EROFS:
      failed.error().hint = "give a file in a folder that this user may write";
      break;
    case ENOENT:
    case ENOTDIR:
      failed.error().hint = "its folder has to be there";
      break;
    case EISDIR:
      failed.error().hint = "give the name of a file";
      break;
    case ENOSPC:
    case EDQUOT:
      failed.error().hint = "free some space, or give a file on another file system";
      break;
    case EFBIG:
      failed.error().hint = "see ulimit -f";
      break;
    default:
      break;
  }
  return failed;
}

Result<OutputTarget> output_target(const std::string& path) {
  constexpr int most_links = 40;  // MAXSYMLINKS of Linux
  OutputTarget target;
  target.path = path;
  for (int links = 0; links < most_links; ++links) {
    if (const auto number = named_descriptor(target.path)) return open_target(*number, path);
    const Descriptor entry(::open(target.path.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    struct stat status{};
    // Whoever is to make the file says why it cannot be.
    if (!entry || ::fstat(entry.get(), &status) != 0 || !S_ISLNK(status.st_mode)) return target;
    if (status.st_uid != ::geteuid() && status.st_uid != 0)
      return fail(
          ErrorKind::denied,
          fmt::format("cannot write {}: it is a symbolic link that another user made", path),
          "give the name of the file that it points to");
    const auto next = content_of(entry);
    if (!next) return target;
    target.path = (std::filesystem::path(target.path).parent_path() / *next).string();
  }
  return cannot_write(ELOOP, path);
}

}  // namespace bytepath
