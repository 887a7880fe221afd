#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "pages/page_cache.h"
#include "pages/regular_file.h"

namespace bytepath::pages {
namespace {

Result<CacheReading> whole_state(const RegularFile& opened) {
  return cache_state(opened.file, 0, pages_of(opened.bytes));
}

}  // namespace

Result<CacheReading> drop_from_cache(const std::string& path) {
  BYTEPATH_TRY(opened, open_regular_file(path));
  BYTEPATH_TRY(before, whole_state(opened));
  // Dirty pages would stay. fsync(2) takes a descriptor for reading too.
  const bool to_write = before.state.dirty + before.state.writeback != 0;
  const bool may_be_dirty = !before.exact && before.state.cached != 0;
  if ((to_write || may_be_dirty) && ::fsync(opened.file.get()) != 0 && errno != EROFS)
    return fail_errno(errno, "cannot write {} back to the disk", path);
  const int refused = ::posix_fadvise(opened.file.get(), 0, 0, POSIX_FADV_DONTNEED);
  if (refused != 0) return fail_errno(refused, "cannot drop {} from the page cache", path);
  return whole_state(opened);
}

Result<CacheReading> read_into_cache(const std::string& path, const Progress& progress) {
  constexpr std::size_t block_bytes = std::size_t{1} << 20;
  BYTEPATH_TRY(opened, open_regular_file(path));
  std::vector<char> block(block_bytes);
  std::uint64_t done = 0;
  while (done < opened.bytes && progress(done, opened.bytes, "reading into the page cache")) {
    const auto offset = static_cast<off_t>(done);
    const ssize_t got = ::pread(opened.file.get(), block.data(), block.size(), offset);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail_errno(errno, "cannot read {}", path);
    if (got == 0) break;  // it has become shorter
    done += static_cast<std::uint64_t>(got);
  }
  return whole_state(opened);
}

}  // namespace bytepath::pages
