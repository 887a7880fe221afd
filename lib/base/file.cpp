#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/atomic_file.h"
#include "base/descriptor.h"
#include "base/output_target.h"
#include "base/text.h"

namespace bytepath {
namespace {

// In a chroot or a container without /proc all of its files are missing, and none is the reason.
Error open_error(const std::string& path, int number) {
  Error error = fail_errno(number, "cannot open {}", path).error();
  if (number != ENOENT || !path.starts_with("/proc/") || ::access("/proc/self", F_OK) == 0)
    return error;
  return {.kind = ErrorKind::unsupported,
          .message = error.message + ": /proc is not mounted",
          .hint = "mount -t proc proc /proc"};
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t max_bytes) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return std::unexpected(open_error(path, errno));
  std::string content;
  struct stat status{};
  if (::fstat(file.get(), &status) == 0 && S_ISREG(status.st_mode)) {
    content.reserve(std::min(static_cast<std::size_t>(status.st_size), max_bytes) + 1);
  }
  std::array<char, 65536> buffer{};
  while (true) {
    const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail_errno(errno, "cannot read {}", path);
    if (got == 0) return content;
    content.append(buffer.data(), static_cast<std::size_t>(got));
    if (content.size() > max_bytes) {
      return fail(ErrorKind::usage,
                  fmt::format("cannot read {}: larger than {} bytes", path, max_bytes));
    }
  }
}

std::string read_line_or(const std::string& path, std::string_view fallback) {
  const auto content = read_file(path, 1U << 20);
  return std::string(content ? trim(*content) : fallback);
}

Result<> write_all(int fd, std::string_view content, std::string_view name) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return cannot_write(errno, name);
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<> write_file(const std::string& path, std::string_view content) {
  BYTEPATH_TRY(file, AtomicFile::create(path));
  if (auto written = file.write(content); !written) return written;
  return file.commit();
}

Result<> check_writable(const std::string& path) {
  BYTEPATH_TRY(target, output_target(path));
  if (target.descriptor) return {};
  struct stat status{};
  if (::lstat(target.path.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode)) return cannot_write(EISDIR, path);
    if (::access(target.path.c_str(), W_OK) != 0) return cannot_write(errno, path);
    if (!S_ISREG(status.st_mode)) return {};
  }
  // The new content is written beside it.
  const auto folder = std::filesystem::path(target.path).parent_path();
  // With the slash: what is no folder says so, and not that it may not be entered.
  const std::string where = folder.empty() ? "." : folder.string() + "/";
  if (::access(where.c_str(), W_OK | X_OK) != 0) return cannot_write(errno, path);
  return {};
}

Result<> append_file(const std::string& path, std::string_view content) {
  constexpr mode_t readable_by_all = 0644;
  BYTEPATH_TRY(target, output_target(path));
  if (!target.descriptor)
    target.descriptor =
        Descriptor(::open(target.path.c_str(),
                          O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, readable_by_all));
  if (!target.descriptor) return fail_errno(errno, "cannot open {}", path);
  return write_all(target.descriptor.get(), content, path);
}

}  // namespace bytepath
