#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace bytepath::trace {

// Walks the records between two positions of a BPF ring buffer, as kernel/bpf/ringbuf.c lays them
// out: each begins at a multiple of 8 with a header of 8 bytes, whose first 4 are the length of
// what follows, with bit 31 set while it is being written and bit 30 where it was thrown away.
class RingRecords {
 public:
  // `twice`: the ring's data, mapped two times one behind the other, so that no record is cut;
  // half of its size is a power of two. Positions only grow.
  RingRecords(std::span<const std::byte> twice, std::uint64_t consumer, std::uint64_t producer);

  // The next record; nothing at the end, at one that is still being written, or at one that
  // cannot be so.
  std::optional<std::span<const std::byte>> next();
  // Up to where all is read. After damage it is the producer's: what is between is lost.
  std::uint64_t position() const { return consumer_; }
  bool damaged() const { return damaged_; }

 private:
  std::span<const std::byte> twice_;
  std::uint64_t consumer_;
  std::uint64_t producer_;
  bool damaged_ = false;
};

}  // namespace bytepath::trace
