#pragma once
#include <linux/io_uring.h>

#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/descriptor.h"
#include "base/result.h"

namespace bytepath::storage {

// An io_uring with one request at a time, by its two system calls: a queue of one needs none of
// what liburing is for.
class UringQueue {
 public:
  // Error (unsupported): the kernel has none, or does not let this process have one.
  static Result<UringQueue> create();
  UringQueue(UringQueue&& other) noexcept;
  UringQueue& operator=(UringQueue&&) = delete;
  ~UringQueue();

  // Reads at an offset and waits until it is done: the number of bytes, or -errno.
  std::int64_t read(int file, void* to, std::uint32_t bytes, std::uint64_t offset);

 private:
  struct Mapping {
    std::byte* at = nullptr;
    std::size_t bytes = 0;
  };
  UringQueue() = default;
  Result<> map_rings(const io_uring_params& parameters);
  static std::uint32_t* word(const Mapping& ring, std::uint32_t offset);

  Descriptor ring_;
  Mapping submissions_;
  Mapping completions_;
  Mapping entries_;
  io_sqring_offsets submission_{};
  io_cqring_offsets completion_{};
};

}  // namespace bytepath::storage
