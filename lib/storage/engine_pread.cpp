#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "measure/pages.h"
#include "storage/engine.h"

namespace bytepath::storage {
namespace {

class PreadEngine final : public Engine {
 public:
  PreadEngine(int file, std::uint64_t block, measure::Pages buffer)
      : file_(file), block_(block), buffer_(std::move(buffer)) {}

  int read(std::uint64_t offset) override {
    const ssize_t got = ::pread(file_, buffer_.data(), block_, static_cast<off_t>(offset));
    if (got < 0) return errno;
    return static_cast<std::uint64_t>(got) == block_ ? 0 : ENODATA;
  }

 private:
  int file_;
  std::uint64_t block_;
  measure::Pages buffer_;
};

}  // namespace

Result<std::unique_ptr<Engine>> open_pread(const EngineSetup& setup) {
  BYTEPATH_TRY(buffer, measure::Pages::map(setup.block));
  const int file = setup.target->file.get();
  ::posix_fadvise(file, 0, 0,
                  setup.pattern == Pattern::random ? POSIX_FADV_RANDOM : POSIX_FADV_NORMAL);
  return std::make_unique<PreadEngine>(file, setup.block, std::move(buffer));
}

}  // namespace bytepath::storage
