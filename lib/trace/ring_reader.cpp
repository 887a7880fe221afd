#include "trace/ring_reader.h"

#include <bpf/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <utility>

#include "libbpf/libbpf.h"
#include "trace/bpf_session.h"
#include "trace/ring_records.h"

namespace bytepath::trace {
namespace {

// After how many read bytes the writers are told.
constexpr std::uint64_t told_bytes = std::uint64_t{32} << 10;

std::size_t page_bytes() { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }

std::uint64_t* position_at(std::byte* page) { return reinterpret_cast<std::uint64_t*>(page); }

}  // namespace

Result<RingReader> RingReader::create(std::size_t bytes) {
  if (auto library = libbpf::available(); !library) return std::unexpected(library.error());
  RingReader reader;
  for (bytes = std::bit_floor(std::clamp(bytes, fewest_bytes, most_bytes));; bytes /= 2) {
    reader.map_ = Descriptor(::bpf_map_create(BPF_MAP_TYPE_RINGBUF, "bytepath_ring", 0, 0,
                                              static_cast<std::uint32_t>(bytes), nullptr));
    if (reader.map_) break;
    if (errno != ENOMEM || bytes <= fewest_bytes) return fail_load(errno, "with a ring buffer", "");
  }
  reader.bytes_ = bytes;
  if (auto mapped = reader.map_pages(); !mapped) return std::unexpected(mapped.error());
  return reader;
}

Result<> RingReader::map_pages() {
  const std::size_t page = page_bytes();
  void* consumer = ::mmap(nullptr, page, PROT_READ | PROT_WRITE, MAP_SHARED, map_.get(), 0);
  if (consumer == MAP_FAILED) return fail_errno(errno, "cannot map the BPF ring buffer");
  consumer_ = static_cast<std::byte*>(consumer);
  void* producer = ::mmap(nullptr, page + 2 * bytes_, PROT_READ, MAP_SHARED, map_.get(),
                          static_cast<off_t>(page));
  if (producer == MAP_FAILED)
    return fail_errno(errno, "cannot map {} KiB of the BPF ring buffer", bytes_ >> 10);
  producer_ = static_cast<std::byte*>(producer);
  return {};
}

RingReader::RingReader(RingReader&& other) noexcept
    : map_(std::move(other.map_)),
      bytes_(other.bytes_),
      consumer_(std::exchange(other.consumer_, nullptr)),
      producer_(std::exchange(other.producer_, nullptr)),
      damages_(other.damages_) {}

RingReader& RingReader::operator=(RingReader&& other) noexcept {
  std::swap(map_, other.map_);
  std::swap(bytes_, other.bytes_);
  std::swap(consumer_, other.consumer_);
  std::swap(producer_, other.producer_);
  std::swap(damages_, other.damages_);
  return *this;
}

RingReader::~RingReader() {
  if (consumer_ != nullptr) ::munmap(consumer_, page_bytes());
  if (producer_ != nullptr) ::munmap(producer_, page_bytes() + 2 * bytes_);
}

void RingReader::drain(const std::function<void(std::span<const std::byte> record)>& read) {
  std::uint64_t* const told = position_at(consumer_);
  std::uint64_t last_told = __atomic_load_n(told, __ATOMIC_RELAXED);
  const std::uint64_t producer = __atomic_load_n(position_at(producer_), __ATOMIC_ACQUIRE);
  RingRecords records({producer_ + page_bytes(), 2 * bytes_}, last_told, producer);
  while (const auto record = records.next()) {
    read(*record);
    if (records.position() - last_told < told_bytes) continue;
    last_told = records.position();
    __atomic_store_n(told, last_told, __ATOMIC_RELEASE);
  }
  damages_ += records.damaged() ? 1 : 0;
  __atomic_store_n(told, records.position(), __ATOMIC_RELEASE);
}

}  // namespace bytepath::trace
