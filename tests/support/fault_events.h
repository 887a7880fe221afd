#pragma once
#include <cstdint>
#include <string>

#include "faults/watched_files.h"
#include "support/temporary_folder.h"
#include "trace/fault_tracer.h"

// Events as a tracer tells them, over files that a test makes.
namespace bytepath::test {

inline constexpr std::uint64_t mapped_at = 0x7f0000000000;
inline constexpr std::uint64_t page = 4096;

// The whole of a file from mapped_at on.
inline trace::Mapping mapping_of(const faults::WatchedFile& file, std::uint64_t offset = 0) {
  return {.start = mapped_at,
          .end = mapped_at + file.size - offset,
          .file_offset = offset,
          .file = file.id,
          .path = file.path};
}

inline bytepath_fault fault_at(std::uint64_t page_of_mapping, std::uint64_t duration_ns = 1000) {
  bytepath_fault fault{};
  fault.kind = bytepath_event_fault;
  fault.process = 42;
  fault.thread = 42;
  fault.time_ns = 1'000'000'000 + page_of_mapping;
  fault.duration_ns = duration_ns;
  fault.address = mapped_at + page_of_mapping * page + 17;
  return fault;
}

inline bytepath_pages_added added(const faults::WatchedFile& file, std::uint64_t first,
                                  std::uint32_t pages) {
  bytepath_pages_added event{};
  event.kind = bytepath_event_pages_added;
  event.process = 42;
  event.pages = pages;
  event.first_page = first;
  event.device = file.id.device;
  event.inode = file.id.inode;
  return event;
}

}  // namespace bytepath::test
