#include <fcntl.h>

#include <cerrno>
#include <utility>

#include "measure/pages.h"
#include "storage/engine.h"
#include "storage/uring_queue.h"

namespace bytepath::storage {
namespace {

class UringEngine final : public Engine {
 public:
  UringEngine(int file, std::uint64_t block, measure::Pages buffer, UringQueue queue)
      : file_(file), block_(block), buffer_(std::move(buffer)), queue_(std::move(queue)) {}

  int read(std::uint64_t offset) override {
    const std::int64_t got =
        queue_.read(file_, buffer_.data(), static_cast<std::uint32_t>(block_), offset);
    if (got < 0) return static_cast<int>(-got);
    return static_cast<std::uint64_t>(got) == block_ ? 0 : ENODATA;
  }

 private:
  int file_;
  std::uint64_t block_;
  measure::Pages buffer_;
  UringQueue queue_;
};

}  // namespace

Result<std::unique_ptr<Engine>> open_uring(const EngineSetup& setup) {
  BYTEPATH_TRY(queue, UringQueue::create());
  BYTEPATH_TRY(buffer, measure::Pages::map(setup.block));
  const int file = setup.target->file.get();
  ::posix_fadvise(file, 0, 0,
                  setup.pattern == Pattern::random ? POSIX_FADV_RANDOM : POSIX_FADV_NORMAL);
  return std::make_unique<UringEngine>(file, setup.block, std::move(buffer), std::move(queue));
}

}  // namespace bytepath::storage
