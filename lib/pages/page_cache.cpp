#include "pages/page_cache.h"

#include <linux/magic.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "pages/regular_file.h"
#include "pages/residency.h"

namespace bytepath::pages {
namespace {

// cachestat(2) of linux/mman.h since 6.5, which Debian 12's headers lack.
constexpr long cachestat_number = 451;
struct CachestatRange {
  std::uint64_t offset;
  std::uint64_t length;
};
struct Cachestat {
  std::uint64_t cached;
  std::uint64_t dirty;
  std::uint64_t writeback;
  std::uint64_t evicted;
  std::uint64_t recently_evicted;
};

// An overlayfs file has an address space of its own, which stays empty: reads and mappings go to
// the pages of the file below. cachestat(2) counts 0 there, mincore(2) asks the mapping and is
// right.
bool is_on_overlay(const Descriptor& file) {
  struct statfs status{};
  return ::fstatfs(file.get(), &status) == 0 && status.f_type == OVERLAYFS_SUPER_MAGIC;
}

Result<CacheReading> count_resident(const Descriptor& file, std::uint64_t first,
                                    std::uint64_t pages) {
  CacheReading reading{.state = {}, .exact = false};
  const auto found = find_resident(file, first, pages, [&](std::uint64_t, std::uint64_t count) {
    reading.state.cached += count;
  });
  if (!found) return std::unexpected(found.error());
  return reading;
}

}  // namespace

Result<CacheReading> cache_state(const Descriptor& file, std::uint64_t first_page,
                                 std::uint64_t pages) {
  if (pages == 0) return CacheReading{};  // a length of 0 would mean the rest of the file
  if (is_on_overlay(file)) return count_resident(file, first_page, pages);
  CachestatRange range{.offset = first_page * page_bytes, .length = pages * page_bytes};
  Cachestat stat{};
  const long failed = ::syscall(cachestat_number, file.get(), &range, &stat, 0U);
  if (failed != 0 && errno == ENOSYS) return count_resident(file, first_page, pages);
  if (failed != 0 && errno == EPERM) return residency_denied();  // newer kernels, like mincore(2)
  if (failed != 0) return fail_errno(errno, "cannot ask cachestat(2) for pages of a file");
  return CacheReading{.state = {.cached = stat.cached,
                                .dirty = stat.dirty,
                                .writeback = stat.writeback,
                                .evicted = stat.evicted,
                                .recently_evicted = stat.recently_evicted}};
}

Result<PageSet> cached_pages(const std::string& path) {
  BYTEPATH_TRY(opened, open_regular_file(path));
  PageSet cached(pages_of(opened.bytes));
  auto found =
      find_resident(opened.file, 0, cached.size(),
                    [&](std::uint64_t first, std::uint64_t count) { cached.insert(first, count); });
  if (!found) return std::unexpected(std::move(found).error());
  return cached;
}

}  // namespace bytepath::pages
