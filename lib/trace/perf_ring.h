#pragma once
#include <linux/perf_event.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "base/descriptor.h"
#include "base/result.h"

namespace bytepath::trace {

// The ring that perf_event_open(2) events write to (struct perf_event_mmap_page). One reader.
class PerfRing {
 public:
  using Reader =
      std::function<void(const perf_event_header& header, std::span<const std::byte> record)>;

  // data_pages: a power of two.
  static Result<PerfRing> map(const Descriptor& event, std::size_t data_pages);
  PerfRing(PerfRing&&) noexcept;
  PerfRing& operator=(PerfRing&&) noexcept;
  ~PerfRing();

  // Calls read(header, record) for each record that is there, whole (its header included) and
  // aligned for perf_event_header, and frees them. PERF_RECORD_LOST is counted in lost() and not
  // handed on. A record whose size cannot be so ends the reading: the rest of the ring is given up
  // and counts as one lost record.
  void drain(const Reader& read);
  std::uint64_t lost() const { return lost_; }

 private:
  PerfRing() = default;
  std::byte* base_ = nullptr;
  std::size_t data_size_ = 0;
  std::uint64_t lost_ = 0;
};

}  // namespace bytepath::trace
