#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/descriptor.h"
#include "base/progress.h"
#include "base/result.h"
#include "pages/page_set.h"

// What of a file is in the page cache, and bringing it into a known state.
namespace bytepath::pages {

// cachestat(2), Linux 6.5; all in pages.
struct CacheState {
  std::uint64_t cached = 0;
  std::uint64_t dirty = 0;
  std::uint64_t writeback = 0;
  std::uint64_t evicted = 0;           // were in the cache and were taken out of it
  std::uint64_t recently_evicted = 0;  // so lately that memory is short
};

// Of a part of an open file. Where cachestat(2) is not there, or sees nothing (overlayfs: it looks
// at the upper file, which has no pages of its own), only `cached` is known, from mincore(2), and
// exact is false. Error: neither may be asked (denied: the file is neither writable by this user
// nor theirs) or it failed.
struct CacheReading {
  CacheState state;
  bool exact = true;  // false: evicted and the like are not known
};
Result<CacheReading> cache_state(const Descriptor& file, std::uint64_t first_page,
                                 std::uint64_t pages);

// Which pages, by mincore(2) over a mapping of the file made for it, which touches nothing. On
// tmpfs swapped pages are not among them. Error (denied): the kernel answers only for files that
// are this user's or writable (mincore would say that all are there, mm/mincore.c can_do_mincore).
Result<PageSet> cached_pages(const std::string& path);

// Takes the file out of the page cache (fsync where it is dirty, then POSIX_FADV_DONTNEED), and
// says what is left: pages that are mapped, dirty or locked stay, and all of tmpfs. Nothing is
// dropped of any other file.
Result<CacheReading> drop_from_cache(const std::string& path);

// Reads the file once from one end to the other, and says what is there then. Stops when progress,
// which counts bytes, says so.
Result<CacheReading> read_into_cache(const std::string& path, const Progress& progress);

// How large the pieces are in which the page cache holds a file: 4 KiB pages, or folios of up to
// 2 MiB that one fault maps at once. Pages by the size of their folio in bytes, ascending.
struct FolioSize {
  std::uint64_t bytes = 0;
  std::uint64_t pages = 0;  // of the file, that are held in folios of that size
};
// Needs page frame numbers (CAP_SYS_ADMIN) and /proc/kpageflags (root or CAP_DAC_READ_SEARCH).
// Maps the file piece by piece and populates only what is cached, so that nothing is read from the
// disk unless it is evicted at that moment. Error (denied) without the rights.
Result<std::vector<FolioSize>> folio_sizes(const std::string& path);

}  // namespace bytepath::pages
