#pragma once
#include <chrono>
#include <cstdint>
#include <mutex>

namespace bytepath::lazyfs {

// A line of so many bytes a second that all who send share. For several threads.
class Pacer {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // 0: as fast as it goes.
  explicit Pacer(std::uint64_t bytes_per_second) : rate_(bytes_per_second) {}

  // When `bytes` that begin to be sent now are through, those before them first.
  Time send(std::uint64_t bytes, Time now) {
    if (rate_ == 0) return now;
    const std::lock_guard lock(mutex_);
    if (free_ < now) free_ = now;
    const double seconds = static_cast<double>(bytes) / static_cast<double>(rate_);
    free_ += std::chrono::duration_cast<std::chrono::nanoseconds>(
        std::chrono::duration<double>(seconds));
    return free_;
  }

 private:
  std::uint64_t rate_;
  std::mutex mutex_;
  Time free_;  // when the line has sent all that it was given
};

}  // namespace bytepath::lazyfs
