#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>

#include "pages/file_mapping.h"
#include "storage/bus_error_guard.h"
#include "storage/engine.h"

namespace bytepath::storage {
namespace {

// Touches a byte of each page of a block, all of which are page faults.
class MmapEngine final : public Engine {
 public:
  MmapEngine(int file, std::uint64_t block, pages::FileMapping mapping)
      : file_(file),
        block_(block),
        mapping_(std::move(mapping)),
        guard_(mapping_.data(), mapping_.size()) {}

  // A fault maps the pages around it too: without this, most pages would be there before they are
  // touched.
  int prepare(std::uint64_t offset) override {
    const std::uint64_t first = offset / pages::page_bytes * pages::page_bytes;
    const std::uint64_t end = offset + block_;
    return ::madvise(mapping_.data() + first, end - first, MADV_DONTNEED) == 0 ? 0 : errno;
  }

  int read(std::uint64_t offset) override {
    const volatile std::byte* const bytes = mapping_.data();
    for (std::uint64_t at = offset; at < offset + block_; at += pages::page_bytes)
      static_cast<void>(bytes[at]);
    return BusErrorGuard::has_caught() ? why_caught(offset) : 0;
  }

 private:
  int why_caught(std::uint64_t offset) const {
    struct stat status{};
    if (::fstat(file_, &status) != 0) return errno;
    const bool is_shorter =
        S_ISREG(status.st_mode) && static_cast<std::uint64_t>(status.st_size) < offset + block_;
    return is_shorter ? ENODATA : EIO;
  }

  int file_;
  std::uint64_t block_;
  pages::FileMapping mapping_;
  BusErrorGuard guard_;
};

}  // namespace

Result<std::unique_ptr<Engine>> open_mmap(const EngineSetup& setup) {
  BYTEPATH_TRY(mapping, pages::FileMapping::map(setup.target->file, 0,
                                                pages::pages_of(setup.target->region)));
  if (setup.pattern == Pattern::random) ::madvise(mapping.data(), mapping.size(), MADV_RANDOM);
  return std::make_unique<MmapEngine>(setup.target->file.get(), setup.block, std::move(mapping));
}

}  // namespace bytepath::storage
