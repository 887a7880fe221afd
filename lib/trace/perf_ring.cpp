#include "trace/perf_ring.h"

#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

namespace bytepath::trace {
namespace {

std::size_t page_bytes() { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }

// The records are aligned to 8 bytes, but one may begin at the end of the ring and go on at its
// start.
class RecordReader {
 public:
  RecordReader(const std::byte* data, std::size_t size) : data_(data), size_(size) {}

  std::span<const std::byte> at(std::uint64_t position, std::size_t length) {
    const std::size_t begin = static_cast<std::size_t>(position) & (size_ - 1);
    if (begin + length <= size_) return {data_ + begin, length};
    whole_.resize(length);
    const std::size_t first = size_ - begin;
    std::memcpy(whole_.data(), data_ + begin, first);
    std::memcpy(whole_.data() + first, data_, length - first);
    return whole_;
  }

 private:
  const std::byte* data_;
  std::size_t size_;
  std::vector<std::byte> whole_;
};

// struct { perf_event_header header; u64 id; u64 lost; } of perf_event_open(2)
std::uint64_t count_of_lost(std::span<const std::byte> record) {
  constexpr std::size_t offset = sizeof(perf_event_header) + sizeof(std::uint64_t);
  std::uint64_t count = 1;
  if (record.size() >= offset + sizeof count)
    std::memcpy(&count, record.data() + offset, sizeof count);
  return count;
}

}  // namespace

Result<PerfRing> PerfRing::map(const Descriptor& event, std::size_t data_pages) {
  const std::size_t page = page_bytes();
  // Writable, so that the kernel stops at what was not read yet instead of writing over it.
  void* base =
      ::mmap(nullptr, (data_pages + 1) * page, PROT_READ | PROT_WRITE, MAP_SHARED, event.get(), 0);
  if (base == MAP_FAILED)
    return fail_errno(errno, "cannot map a ring of {} KiB for perf events",
                      data_pages * page >> 10);
  PerfRing ring;
  ring.base_ = static_cast<std::byte*>(base);
  ring.data_size_ = data_pages * page;
  return ring;
}

PerfRing::PerfRing(PerfRing&& other) noexcept
    : base_(std::exchange(other.base_, nullptr)),
      data_size_(std::exchange(other.data_size_, 0)),
      lost_(other.lost_) {}

PerfRing& PerfRing::operator=(PerfRing&& other) noexcept {
  std::swap(base_, other.base_);
  std::swap(data_size_, other.data_size_);
  std::swap(lost_, other.lost_);
  return *this;
}

PerfRing::~PerfRing() {
  if (base_ != nullptr) ::munmap(base_, data_size_ + page_bytes());
}

void PerfRing::drain(const Reader& read) {
  if (base_ == nullptr) return;
  auto* const control = reinterpret_cast<perf_event_mmap_page*>(base_);
  const std::uint64_t head = std::atomic_ref(control->data_head).load(std::memory_order_acquire);
  std::uint64_t tail = control->data_tail;
  RecordReader reader(base_ + page_bytes(), data_size_);
  while (tail != head) {
    perf_event_header header{};
    const std::uint64_t there = head - tail;
    const bool has_header = there >= sizeof header && there <= data_size_;
    if (has_header) std::memcpy(&header, reader.at(tail, sizeof header).data(), sizeof header);
    if (header.size < sizeof header || header.size % alignof(std::uint64_t) != 0 ||
        header.size > there) {
      ++lost_;
      tail = head;
      break;
    }
    const auto record = reader.at(tail, header.size);
    if (header.type == PERF_RECORD_LOST) {
      lost_ += count_of_lost(record);
    } else {
      read(header, record);
    }
    tail += header.size;
  }
  std::atomic_ref(control->data_tail).store(tail, std::memory_order_release);
}

}  // namespace bytepath::trace
