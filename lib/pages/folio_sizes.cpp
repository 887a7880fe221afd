#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <span>
#include <vector>

#include "pages/file_mapping.h"
#include "pages/folio_flags.h"
#include "pages/page_cache.h"
#include "pages/regular_file.h"
#include "pages/residency.h"

namespace bytepath::pages {
namespace {

// madvise(2) since Linux 5.14. Unlike a read it gives an error where the file has become shorter.
constexpr int populate_read = 22;

struct KernelFiles {
  Descriptor page_table;
  Descriptor flags;
};

Result<KernelFiles> open_kernel_files() {
  KernelFiles files;
  files.page_table = Descriptor(::open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC));
  if (!files.page_table) return fail_errno(errno, "cannot open /proc/self/pagemap");
  files.flags = Descriptor(::open("/proc/kpageflags", O_RDONLY | O_CLOEXEC));
  if (!files.flags) return fail_errno(errno, "cannot open /proc/kpageflags");
  return files;
}

// Puts the cached pages of a piece into our page table.
Result<> populate_cached(const Descriptor& file, std::uint64_t first, const FileMapping& mapping) {
  // No readahead, which a touched page can set off although it is cached itself.
  if (::madvise(mapping.data(), mapping.size(), MADV_RANDOM) != 0)
    return fail_errno(errno, "cannot switch readahead off");
  int refused = 0;
  auto found = find_resident(file, first, mapping.size() / page_bytes,
                             [&](std::uint64_t run_first, std::uint64_t count) {
                               std::byte* const at = mapping.page(run_first - first);
                               if (::madvise(at, count * page_bytes, populate_read) != 0)
                                 refused = errno;
                             });
  if (refused == EINVAL)
    return fail(ErrorKind::unsupported, "cannot tell folio sizes: this needs Linux 5.14");
  return found;  // what could not be mapped (EFAULT: the file is shorter now) counts as not cached
}

// The frame of each page of the mapping, or 0.
Result<> read_frames(const Descriptor& page_table, const FileMapping& mapping,
                     std::span<std::uint64_t> frames) {
  constexpr unsigned present_bit = 63;
  constexpr std::uint64_t frame_bits = (std::uint64_t{1} << 55) - 1;  // pagemap.rst
  const auto address = reinterpret_cast<std::uintptr_t>(mapping.data());
  const auto offset = static_cast<off_t>(address / page_bytes * sizeof(std::uint64_t));
  const ssize_t got = ::pread(page_table.get(), frames.data(), frames.size_bytes(), offset);
  if (got < 0 || static_cast<std::size_t>(got) != frames.size_bytes())
    return fail_errno(got < 0 ? errno : EIO, "cannot read /proc/self/pagemap");
  for (auto& entry : frames) {
    const bool present = entry >> present_bit != 0;
    entry = present ? entry & frame_bits : 0;
    if (present && entry == 0)
      return fail_errno(EPERM, "cannot see page frame numbers in /proc/self/pagemap");
  }
  return {};
}

}  // namespace

Result<std::vector<FolioSize>> folio_sizes(const std::string& path) {
  BYTEPATH_TRY(opened, open_regular_file(path));
  BYTEPATH_TRY(kernel, open_kernel_files());
  FolioFlags flags(kernel.flags);
  // Folios lie at multiples of their size in the file, so that none is cut by pieces of the
  // largest.
  constexpr std::uint64_t piece_pages = FolioFlags::max_folio_pages;
  std::array<std::uint64_t, piece_pages> frames{};
  std::map<std::uint64_t, std::uint64_t> pages_by_size;
  const std::uint64_t all = pages_of(opened.bytes);
  for (std::uint64_t first = 0; first < all; first += piece_pages) {
    const std::span piece(frames.data(), std::min(piece_pages, all - first));
    BYTEPATH_TRY(mapping, FileMapping::map(opened.file, first, piece.size()));
    if (auto done = populate_cached(opened.file, first, mapping); !done)
      return std::unexpected(std::move(done).error());
    if (auto done = read_frames(kernel.page_table, mapping, piece); !done)
      return std::unexpected(std::move(done).error());
    for (const std::uint64_t frame : piece) {
      if (frame == 0) continue;
      BYTEPATH_TRY(pages, flags.folio_pages(frame));
      pages_by_size[pages * page_bytes] += 1;
    }
  }
  std::vector<FolioSize> sizes;
  sizes.reserve(pages_by_size.size());
  for (const auto& [bytes, pages] : pages_by_size)
    sizes.push_back({.bytes = bytes, .pages = pages});
  return sizes;
}

}  // namespace bytepath::pages
