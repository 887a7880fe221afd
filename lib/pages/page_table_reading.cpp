#include "pages/page_table_reading.h"

#include <sys/ioctl.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "pages/page_set.h"

namespace bytepath::pages {
namespace {

// struct page_region and struct pm_scan_arg of linux/fs.h since 6.7, which Debian 12's headers
// lack.
struct PageRegion {
  std::uint64_t start;
  std::uint64_t end;
  std::uint64_t categories;
};
struct ScanArguments {
  std::uint64_t size;
  std::uint64_t flags;
  std::uint64_t start;
  std::uint64_t end;
  std::uint64_t walk_end;
  std::uint64_t vec;
  std::uint64_t vec_len;
  std::uint64_t max_pages;
  std::uint64_t category_inverted;
  std::uint64_t category_mask;
  std::uint64_t category_anyof_mask;
  std::uint64_t return_mask;
};
static_assert(sizeof(ScanArguments) == 96 && sizeof(PageRegion) == 24);

constexpr unsigned long pagemap_scan = _IOWR('f', 16, ScanArguments);
constexpr std::uint64_t page_is_present = 1U << 3;
// With more than 512, Linux 6.18 returns the walk_end of an earlier batch of its own, and whoever
// resumes there is told the last batch twice.
constexpr std::size_t max_regions = 512;

// A process without memory has no mapped pages, which is not what its caller asks about. Linux 6.18
// answers PAGEMAP_SCAN with ESRCH then, but a read with nothing.
std::unexpected<Error> ended() {
  return fail(ErrorKind::failed, "cannot read the page table: the process has ended");
}

bool has_memory(const Descriptor& pagemap, std::uint64_t address) {
  std::uint64_t entry = 0;
  const auto offset = static_cast<off_t>(address / page_bytes * sizeof entry);
  return ::pread(pagemap.get(), &entry, sizeof entry, offset) == sizeof entry;
}

// Joins runs that adjoin across the calls that found them.
class RunJoiner {
 public:
  explicit RunJoiner(const RunFound& found) : found_(found) {}

  void add(std::uint64_t first, std::uint64_t count) {
    if (run_.count != 0 && run_.first + run_.count == first) {
      run_.count += count;
      return;
    }
    finish();
    run_ = {.first = first, .count = count};
  }
  void finish() {
    if (run_.count != 0) found_(run_.first, run_.count);
    run_.count = 0;
  }

 private:
  const RunFound& found_;
  PageRun run_;
};

}  // namespace

Result<> scan_page_table(const Descriptor& pagemap, std::uint64_t start, std::uint64_t end,
                         const RunFound& found) {
  std::array<PageRegion, max_regions> regions{};
  ScanArguments scan{.size = sizeof scan,
                     .flags = 0,
                     .start = start,
                     .end = end,
                     .walk_end = 0,
                     .vec = reinterpret_cast<std::uintptr_t>(regions.data()),
                     .vec_len = regions.size(),
                     .max_pages = 0,
                     .category_inverted = 0,
                     .category_mask = page_is_present,
                     .category_anyof_mask = 0,
                     .return_mask = page_is_present};
  RunJoiner runs(found);
  while (scan.start < end) {
    const int count = ::ioctl(pagemap.get(), pagemap_scan, &scan);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && (errno == ENOTTY || errno == EINVAL))
      return fail(ErrorKind::unsupported, "this kernel has no PAGEMAP_SCAN");
    if (count < 0 && errno == ESRCH) return ended();
    if (count < 0) return fail_errno(errno, "cannot scan the page table");
    for (int i = 0; i < count; ++i) {
      const PageRegion& region = regions[static_cast<std::size_t>(i)];
      runs.add((region.start - start) / page_bytes, (region.end - region.start) / page_bytes);
    }
    if (scan.walk_end <= scan.start)
      return fail(ErrorKind::failed, "cannot scan the page table: the kernel does not go on");
    scan.start = scan.walk_end;
  }
  if (!has_memory(pagemap, start)) return ended();
  runs.finish();
  return {};
}

Result<> read_present_bits(const Descriptor& pagemap, std::uint64_t start, std::uint64_t end,
                           const RunFound& found) {
  constexpr std::uint64_t entry_bytes = sizeof(std::uint64_t);
  constexpr unsigned present_bit = 63;
  std::array<std::uint64_t, 4096> entries{};
  RunJoiner runs(found);
  const std::uint64_t pages = (end - start) / page_bytes;
  for (std::uint64_t done = 0; done < pages;) {
    const std::uint64_t wanted = std::min<std::uint64_t>(entries.size(), pages - done);
    const auto offset = static_cast<off_t>((start / page_bytes + done) * entry_bytes);
    const ssize_t got = ::pread(pagemap.get(), entries.data(), wanted * entry_bytes, offset);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail_errno(errno, "cannot read the page table");
    const std::uint64_t count = static_cast<std::uint64_t>(got) / entry_bytes;
    if (count == 0) return ended();
    for (std::uint64_t i = 0; i < count; ++i)
      if (entries[i] >> present_bit != 0) runs.add(done + i, 1);
    done += count;
  }
  runs.finish();
  return {};
}

}  // namespace bytepath::pages
