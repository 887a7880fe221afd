#include "intercept/chosen_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>

#include "base/file.h"
#include "base/text.h"

namespace bytepath::intercept {
namespace {

std::string link_target(const std::string& link) {
  std::array<char, PATH_MAX> target{};
  const ssize_t length = ::readlink(link.c_str(), target.data(), target.size());
  return length > 0 ? std::string(target.data(), static_cast<std::size_t>(length)) : std::string();
}

// The value behind a key ("flags:") of /proc/PID/fdinfo/N, empty where it has none, proc(5).
// Nothing: it cannot be read.
std::optional<std::string> descriptor_info(pid_t thread, int descriptor, std::string_view wanted) {
  const auto info = read_file(fmt::format("/proc/{}/fdinfo/{}", thread, descriptor));
  if (!info) return std::nullopt;
  for (const std::string_view line : split(*info, '\n')) {
    const auto found = words(line);
    if (found.size() >= 2 && found[0] == wanted) return std::string(found[1]);
  }
  return std::string();
}

}  // namespace

Result<std::optional<MappedFile>> file_of(pid_t thread, int descriptor) {
  const std::string link = fmt::format("/proc/{}/fd/{}", thread, descriptor);
  struct stat status{};
  if (::stat(link.c_str(), &status) != 0) {
    if (errno != EACCES && errno != EPERM) return std::nullopt;
    return fail(ErrorKind::denied,
                "the process forbids others of its user to look at it (PR_SET_DUMPABLE, prctl(2))",
                "run as root");
  }
  if (!S_ISREG(status.st_mode)) return std::nullopt;
  return MappedFile{.path = link_target(link),
                    .size = static_cast<std::uint64_t>(status.st_size),
                    .device = status.st_dev,
                    .inode = status.st_ino};
}

std::optional<bool> is_open_for_writing(pid_t thread, int descriptor) {
  const auto flags = descriptor_info(thread, descriptor, "flags:");
  if (!flags || flags->empty()) return std::nullopt;
  return (std::strtoul(flags->c_str(), nullptr, 8) & O_ACCMODE) != O_RDONLY;  // octal
}

std::optional<pid_t> process_named_by(pid_t thread, int descriptor) {
  const auto process = descriptor_info(thread, descriptor, "Pid:");
  if (!process) return std::nullopt;
  return static_cast<pid_t>(std::strtol(process->c_str(), nullptr, 10));
}

std::optional<bool> shows_file(pid_t thread, std::uint64_t address, const MappedFile& file) {
  // "start-end rights offset major:minor inode path", proc(5). The device is not compared: btrfs
  // and overlayfs tell another one here than stat(2) does.
  const auto maps = read_file(fmt::format("/proc/{}/maps", thread));
  if (!maps) return std::nullopt;
  for (const std::string_view each : split(*maps, '\n')) {
    const std::string line(each);
    char* at = nullptr;
    const std::uint64_t start = std::strtoull(line.c_str(), &at, 16);
    if (*at != '-') continue;
    const std::uint64_t end = std::strtoull(at + 1, nullptr, 16);
    if (address < start || address >= end) continue;
    std::size_t field = 0;
    for (int skipped = 0; skipped < 4 && field != std::string::npos; ++skipped) {
      field = line.find(' ', field == 0 ? 0 : field + 1);
    }
    return field != std::string::npos &&
           std::strtoull(line.c_str() + field, nullptr, 10) == file.inode;
  }
  return false;
}

std::shared_ptr<const MappedFile> ChosenFiles::choose(const MappedFile& file) {
  const auto [at, is_new] = known_.try_emplace(Key{file.device, file.inode, file.path});
  if (is_new && observer_.wanted(file)) at->second = std::make_shared<const MappedFile>(file);
  return at->second;
}

}  // namespace bytepath::intercept
