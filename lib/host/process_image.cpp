#include "host/process_image.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <map>
#include <memory>

#include "base/file.h"

namespace bytepath::host {
namespace {

constexpr std::uint64_t page_bytes = 4096;
constexpr std::size_t max_cached_pages = 1024;
constexpr std::string_view access_hint =
    "run as the user of the process or as root, or give CAP_SYS_PTRACE";

std::unexpected<Error> fail_access(pid_t pid, int errno_value, std::string_view what) {
  if (errno_value == ENOENT || errno_value == ESRCH)
    return fail(ErrorKind::usage, fmt::format("there is no process {}", pid));
  if (errno_value == EACCES || errno_value == EPERM)
    return fail(
        ErrorKind::denied,
        fmt::format("may not read {} of process {}: {}", what, pid, std::strerror(errno_value)),
        std::string(access_hint));
  return fail_errno(errno_value, "cannot read {} of process {}", what, pid);
}

// The state letter of /proc/PID/stat, which stands behind the last ')'.
char process_state(pid_t pid) {
  const std::string text = read_line_or(fmt::format("/proc/{}/stat", pid), "");
  const std::size_t close = text.rfind(')');
  return close != std::string::npos && close + 2 < text.size() ? text[close + 2] : '?';
}

Result<std::string> read_all(int fd, pid_t pid) {
  constexpr std::size_t max_bytes = 256U << 20;
  std::string text;
  std::array<char, 1U << 16> piece{};
  while (text.size() < max_bytes) {
    const ssize_t count = ::read(fd, piece.data(), piece.size());
    if (count < 0) return fail_access(pid, errno, "the mappings");
    if (count == 0) break;
    text.append(piece.data(), static_cast<std::size_t>(count));
  }
  return text;
}

class PageCache {
 public:
  explicit PageCache(Descriptor memory) : memory_(std::move(memory)) {}

  bool read(std::uint64_t address, std::span<std::uint8_t> bytes) {
    while (!bytes.empty()) {
      const Page* page = at(address / page_bytes);
      if (page == nullptr) return false;
      const std::size_t inside = address % page_bytes;
      const std::size_t count = std::min<std::size_t>(bytes.size(), page_bytes - inside);
      std::copy_n(page->begin() + static_cast<std::ptrdiff_t>(inside), count, bytes.begin());
      bytes = bytes.subspan(count);
      address += count;
    }
    return true;
  }

 private:
  using Page = std::array<std::uint8_t, page_bytes>;

  const Page* at(std::uint64_t number) {
    const auto known = pages_.find(number);
    if (known != pages_.end()) return known->second.get();
    if (pages_.size() >= max_cached_pages) pages_.clear();
    auto page = std::make_unique<Page>();
    const ssize_t count =
        pread(memory_.get(), page->data(), page->size(), static_cast<off_t>(number * page_bytes));
    if (count != static_cast<ssize_t>(page_bytes)) return nullptr;
    return pages_.emplace(number, std::move(page)).first->second.get();
  }

  Descriptor memory_;
  std::map<std::uint64_t, std::unique_ptr<Page>> pages_;
};

bool same_file(const ProcessMapping& a, const ProcessMapping& b) {
  return a.inode == b.inode && a.device == b.device && a.path == b.path;
}

}  // namespace

Result<std::vector<ProcessMapping>> read_process_maps(pid_t pid) {
  const std::string path = fmt::format("/proc/{}/maps", pid);
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return fail_access(pid, errno, "the mappings");
  BYTEPATH_TRY(text, read_all(file.get(), pid));
  std::vector<ProcessMapping> mappings = parse_process_maps(text);
  if (!mappings.empty()) return mappings;
  switch (process_state(pid)) {
    case '?':
      return fail(ErrorKind::usage, fmt::format("there is no process {} any more", pid));
    case 'Z':
    case 'X':
      return fail(ErrorKind::unsupported,
                  fmt::format("process {} has ended and left no memory to look at", pid));
    default:
      return fail(ErrorKind::unsupported,
                  fmt::format("process {} is a kernel thread: it has no C library", pid),
                  "its copies are those of the kernel");
  }
}

Result<code::ByteSource> process_memory(pid_t pid) {
  const std::string path = fmt::format("/proc/{}/mem", pid);
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return fail_access(pid, errno, "the memory");
  auto cache = std::make_shared<PageCache>(std::move(file));
  return [cache](std::uint64_t address, std::span<std::uint8_t> bytes) {
    return cache->read(address, bytes);
  };
}

Result<code::ElfFile> open_mapped_file(pid_t pid, const ProcessMapping& mapping) {
  const std::string exact =
      fmt::format("/proc/{}/map_files/{:x}-{:x}", pid, mapping.first, mapping.last);
  Descriptor file(::open(exact.c_str(), O_RDONLY | O_CLOEXEC));
  if (file) return code::ElfFile::from_descriptor(std::move(file), mapping.path);
  const std::string by_name = fmt::format("/proc/{}/root{}", pid, mapping.path);
  file = Descriptor(::open(by_name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat status{};
  if (!file || mapping.deleted || fstat(file.get(), &status) != 0 || status.st_ino != mapping.inode)
    return fail(
        ErrorKind::denied,
        fmt::format("the file {} that process {} runs is gone or replaced", mapping.path, pid),
        "run as root: the kernel then still gives the old file");
  return code::ElfFile::from_descriptor(std::move(file), mapping.path);
}

std::optional<std::uint64_t> load_bias(const code::ElfFile& file,
                                       const std::vector<ProcessMapping>& mappings,
                                       const ProcessMapping& any_of_file) {
  if (file.is_fixed()) return 0;
  if (file.segments().empty()) return std::nullopt;
  const code::Segment& segment = file.segments().front();
  const std::uint64_t offset = segment.file_offset & ~(page_bytes - 1);
  for (const ProcessMapping& mapping : mappings)
    if (same_file(mapping, any_of_file) && mapping.file_offset == offset)
      return mapping.first - (segment.address & ~(page_bytes - 1));
  return std::nullopt;
}

}  // namespace bytepath::host
