#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "base/descriptor.h"
#include "base/result.h"

namespace bytepath::trace {

// A BPF ring buffer (BPF_MAP_TYPE_RINGBUF, Linux 5.8) and its one reader. libbpf's own ring_buffer
// tells the writers after each record how far it is, which costs them a cache miss for each event;
// here it is after many. Nothing waits: whoever writes does so without a wake-up.
class RingReader {
 public:
  // Some thousand events; less would rather be no tracer.
  static constexpr std::size_t fewest_bytes = std::size_t{64} << 10;
  static constexpr std::size_t most_bytes = std::size_t{1} << 30;

  // `bytes`, held between these two, is rounded down to a power of two, and halved while the kernel
  // has no room for it. It is real memory, whether used or not. Errors: denied, unsupported,
  // failed.
  static Result<RingReader> create(std::size_t bytes);
  RingReader(RingReader&&) noexcept;
  RingReader& operator=(RingReader&&) noexcept;
  ~RingReader();

  int map() const { return map_.get(); }  // for bpf_map__reuse_fd()
  std::size_t bytes() const { return bytes_; }

  // Hands over what is there now; what comes meanwhile is for the next time, so that a fast writer
  // cannot hold the reader. A record is valid only within the call.
  void drain(const std::function<void(std::span<const std::byte> record)>& read);
  // How often the ring held what no kernel writes, and was given up to its end.
  std::uint64_t damages() const { return damages_; }

 private:
  RingReader() = default;
  Result<> map_pages();

  Descriptor map_;
  std::size_t bytes_ = 0;
  std::byte* consumer_ = nullptr;  // its position, a page of its own
  std::byte* producer_ = nullptr;  // its position, a page of its own, and the data twice
  std::uint64_t damages_ = 0;
};

}  // namespace bytepath::trace
