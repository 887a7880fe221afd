#include "storage/cache_preparation.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/file.h"
#include "measure/pages.h"
#include "storage/access_plan.h"
#include "storage/residency_probe.h"

namespace bytepath::storage {
namespace {

constexpr int populate_read = 22;  // MADV_POPULATE_READ, Linux 5.14
constexpr std::uint64_t piece = std::uint64_t{1} << 20;

Result<> take_out(const TargetFile& target) {
  // What is not written yet would stay. Of a device for reading only it is refused, and of no use.
  ::fdatasync(target.file.get());
  const int refused =
      ::posix_fadvise(target.file.get(), 0, static_cast<off_t>(target.region), POSIX_FADV_DONTNEED);
  if (refused == 0) return {};
  return fail_errno(refused, "cannot take {} out of the page cache", target.path);
}

// False: the user has asked to stop, which of a slow tier takes long to come to an end.
Result<bool> read_pages(const TargetFile& target, const pages::PageRun& run,
                        const measure::Pages& buffer, const Progress& progress) {
  std::uint64_t at = run.first * pages::page_bytes;
  const std::uint64_t end = at + run.count * pages::page_bytes;
  while (at < end) {
    if (!progress(at, target.region, "reading into the page cache")) return false;
    const std::uint64_t some = std::min<std::uint64_t>(buffer.size(), end - at);
    const ssize_t got = ::pread(target.file.get(), buffer.data(), some, static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail_errno(errno, "cannot read {}", target.path);
    if (got == 0) return true;
    at += static_cast<std::uint64_t>(got);
  }
  return true;
}

}  // namespace

const char* cache_start_name(CacheStart start) {
  switch (start) {
    case CacheStart::cold:
      return "cold";
    case CacheStart::mixed:
      return "mixed";
    default:
      return "warm";
  }
}

Result<PreparedCache> prepare_cache(const TargetFile& target, CacheStart start, std::uint64_t seed,
                                    const Progress& progress) {
  constexpr double half = 0.5;
  PreparedCache prepared;
  if (start != CacheStart::warm) {
    if (auto taken = take_out(target); !taken) return std::unexpected(taken.error());
  }
  if (start != CacheStart::cold && !target.direct) {
    const std::uint64_t pages = pages::pages_of(target.region);
    const auto runs = plan_resident(pages, start == CacheStart::warm ? 1 : half, seed);
    BYTEPATH_TRY(buffer, measure::Pages::map(piece));
    BYTEPATH_TRY(mapping, pages::FileMapping::map(target.file, 0, pages));
    ::madvise(mapping.data(), mapping.size(), MADV_RANDOM);
    for (const auto& run : runs) {
      BYTEPATH_TRY(read, read_pages(target, run, buffer, progress));
      prepared.interrupted = !read;
      if (prepared.interrupted) return prepared;
      ::madvise(mapping.page(run.first), run.count * pages::page_bytes, populate_read);
    }
    prepared.holder.emplace(std::move(mapping));
  }
  if (const auto probe = ResidencyProbe::open(target.file, target.region))
    prepared.resident = probe->share();
  return prepared;
}

Result<> drop_all_caches() {
  ::sync();
  Descriptor file(::open("/proc/sys/vm/drop_caches", O_WRONLY | O_CLOEXEC));
  if (!file) return fail_errno(errno, "--drop-caches: cannot open /proc/sys/vm/drop_caches");
  return write_all(file.get(), "3", "/proc/sys/vm/drop_caches");
}

}  // namespace bytepath::storage
