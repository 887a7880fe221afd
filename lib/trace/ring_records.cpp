#include "trace/ring_records.h"

#include <linux/bpf.h>

namespace bytepath::trace {
namespace {

constexpr std::uint64_t header_bytes = BPF_RINGBUF_HDR_SZ;
constexpr std::uint64_t alignment = 8;

}  // namespace

RingRecords::RingRecords(std::span<const std::byte> twice, std::uint64_t consumer,
                         std::uint64_t producer)
    : twice_(twice), consumer_(consumer), producer_(producer) {
  damaged_ = producer - consumer > twice.size() / 2 || consumer % alignment != 0;
  if (damaged_) consumer_ = producer;
}

std::optional<std::span<const std::byte>> RingRecords::next() {
  while (consumer_ != producer_) {
    const std::uint64_t there = producer_ - consumer_;
    const std::size_t begin = consumer_ & (twice_.size() / 2 - 1);
    if (there < header_bytes) break;
    // The kernel clears the busy bit when the record is whole.
    const auto header = __atomic_load_n(
        reinterpret_cast<const std::uint32_t*>(twice_.data() + begin), __ATOMIC_ACQUIRE);
    if ((header & BPF_RINGBUF_BUSY_BIT) != 0) return std::nullopt;
    const std::uint64_t length = header & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
    const std::uint64_t whole = (header_bytes + length + alignment - 1) / alignment * alignment;
    if (whole > there) break;
    consumer_ += whole;
    if ((header & BPF_RINGBUF_DISCARD_BIT) == 0)
      return twice_.subspan(begin + header_bytes, length);
  }
  damaged_ = damaged_ || consumer_ != producer_;
  consumer_ = producer_;
  return std::nullopt;
}

}  // namespace bytepath::trace
