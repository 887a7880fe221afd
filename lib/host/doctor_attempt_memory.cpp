#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cerrno>

#include "base/descriptor.h"
#include "host/doctor_attempts.h"

namespace bytepath::host {
namespace {

// Opens and closes; none of these does anything when opened.
template <std::array path, int flags>
Attempt try_open() {
  const Descriptor file(::open(path.data(), flags | O_CLOEXEC));
  return {.error = file ? 0 : errno};
}

template <std::size_t size>
constexpr std::array<char, size> text(const char (&characters)[size]) {
  return std::to_array(characters);
}

// tracefs is mounted on first use below debugfs, and where systemd or the user put it.
Attempt try_trace_files() {
  Attempt first;
  for (const char* path : {"/sys/kernel/tracing/events", "/sys/kernel/debug/tracing/events"}) {
    const Descriptor folder(::open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder) return {};
    // EACCES says more than the ENOENT of a place where it need not be.
    if (first.error == 0 || errno == EACCES) first.error = errno;
  }
  return first;
}

constexpr std::array file_rows = {
    AttemptRow{"open.kcore", "open(/proc/kcore)", try_open<text("/proc/kcore"), O_RDONLY>},
    AttemptRow{"open.tracefs", "open(/sys/kernel/tracing/events)", try_trace_files},
    AttemptRow{"open.msr", "open(/dev/cpu/0/msr)", try_open<text("/dev/cpu/0/msr"), O_RDONLY>},
    AttemptRow{"open.cpuid", "open(/dev/cpu/0/cpuid)",
               try_open<text("/dev/cpu/0/cpuid"), O_RDONLY>},
    AttemptRow{"open.fuse", "open(/dev/fuse)", try_open<text("/dev/fuse"), O_RDWR>},
    AttemptRow{"open.userfaultfd", "open(/dev/userfaultfd)",
               try_open<text("/dev/userfaultfd"), O_RDWR>},
};

// cachestat(2), Linux 6.5: number 451 on every architecture; linux/mman.h of older headers lacks
// its two structures.
Attempt try_cache_statistics() {
  struct Range {
    std::uint64_t offset;
    std::uint64_t length;
  };
  constexpr long cachestat = 451;
  const Descriptor file(::memfd_create("bytepath-doctor", MFD_CLOEXEC));
  if (!file) return {.error = errno};
  Range whole{};
  std::array<std::uint64_t, 5> counts{};
  const long result = ::syscall(cachestat, file.get(), &whole, counts.data(), 0U);
  return {.error = result == 0 ? 0 : errno};
}

// value: the feature bits that UFFDIO_API reports.
Attempt try_userfaultfd(int flags) {
  const Descriptor file(
      static_cast<int>(::syscall(SYS_userfaultfd, flags | O_CLOEXEC | O_NONBLOCK)));
  if (!file) return {.error = errno};
  uffdio_api api{.api = UFFD_API};
  if (::ioctl(file.get(), UFFDIO_API, &api) != 0) return {.error = errno};
  return {.value = static_cast<std::int64_t>(api.features)};
}

// One page of this process that is certainly present: the one of this variable.
std::uint64_t page_of(const void* pointer) {
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  return std::bit_cast<std::uintptr_t>(pointer) / page;
}

// PAGEMAP_SCAN, Linux 6.7 (struct pm_scan_arg of include/uapi/linux/fs.h), over one page.
Attempt try_page_scan() {
  struct Scan {
    std::uint64_t size = sizeof(Scan);
    std::uint64_t flags = 0;
    std::uint64_t start = 0;
    std::uint64_t end = 0;
    std::uint64_t walk_end = 0;
    std::uint64_t regions = 0;
    std::uint64_t regions_length = 0;
    std::uint64_t max_pages = 0;
    std::uint64_t category_inverted = 0;
    std::uint64_t category_mask = 0;
    std::uint64_t category_any_of_mask = 0;
    std::uint64_t return_mask = 0;
  };
  struct Region {
    std::uint64_t start;
    std::uint64_t end;
    std::uint64_t categories;
  };
  static_assert(sizeof(Scan) == 96 && sizeof(Region) == 24);
  constexpr std::uint64_t is_present = 1U << 3U;
  const Descriptor file(::open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC));
  if (!file) return {.error = errno};
  Region region{};
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  Scan scan;
  scan.start = page_of(&region) * page;
  scan.end = scan.start + page;
  scan.regions = std::bit_cast<std::uintptr_t>(&region);
  scan.regions_length = 1;
  scan.category_mask = is_present;
  scan.return_mask = is_present;
  const int found = ::ioctl(file.get(), _IOWR('f', 16, Scan), &scan);
  return {.error = found < 0 ? errno : 0, .value = found};
}

// value: 1 when the frame number is shown, 0 when the kernel hides it (zero without
// CAP_SYS_ADMIN; Documentation/admin-guide/mm/pagemap.rst).
Attempt try_page_frames() {
  constexpr std::uint64_t frame_mask = (std::uint64_t{1} << 55U) - 1;
  const Descriptor file(::open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC));
  if (!file) return {.error = errno};
  std::uint64_t entry = 0;
  const auto offset = static_cast<off_t>(page_of(&entry) * sizeof entry);
  const ssize_t got = ::pread(file.get(), &entry, sizeof entry, offset);
  if (got != static_cast<ssize_t>(sizeof entry)) return {.error = got < 0 ? errno : EIO};
  return {.value = (entry & frame_mask) != 0 ? 1 : 0};
}

// value: bytes, -1 for no limit.
Attempt try_memory_lock_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_MEMLOCK, &limit) != 0) return {.error = errno};
  const bool unlimited = limit.rlim_cur == RLIM_INFINITY;
  return {.value = unlimited ? -1 : static_cast<std::int64_t>(limit.rlim_cur)};
}

constexpr std::array memory_rows = {
    AttemptRow{"memory.cachestat", "cachestat(memfd)", try_cache_statistics},
    AttemptRow{"memory.userfaultfd", "userfaultfd(0)", [] { return try_userfaultfd(0); }},
    AttemptRow{"memory.userfaultfd.user", "userfaultfd(UFFD_USER_MODE_ONLY)",
               [] { return try_userfaultfd(UFFD_USER_MODE_ONLY); }},
    AttemptRow{"memory.page-scan", "ioctl(PAGEMAP_SCAN)", try_page_scan},
    AttemptRow{"memory.page-frames", "pread(/proc/self/pagemap)", try_page_frames},
    AttemptRow{"memory.lock-limit", "getrlimit(RLIMIT_MEMLOCK)", try_memory_lock_limit},
};

}  // namespace

std::span<const AttemptRow> file_attempts() { return file_rows; }
std::span<const AttemptRow> memory_attempts() { return memory_rows; }

}  // namespace bytepath::host
