#include "chunks/page_accesses.h"

#include <array>
#include <bit>

#include "mounts/file_table.h"

namespace bytepath::chunks {
namespace {

using Bits = std::array<std::uint64_t, 2>;

Bits either(const Bits& one, const Bits& other) { return {one[0] | other[0], one[1] | other[1]}; }

// file_bytes 0: not known.
std::uint64_t bytes_of(const Bits& pages, std::uint64_t chunk, std::uint64_t file_bytes) {
  const auto count = static_cast<unsigned>(std::popcount(pages[0]) + std::popcount(pages[1]));
  const std::uint64_t bytes = count * mounts::page_bytes;
  if (file_bytes == 0 || file_bytes % mounts::page_bytes == 0) return bytes;
  const std::uint64_t last_page = file_bytes / mounts::page_bytes;
  if (last_page / mounts::heat_pages != chunk) return bytes;
  const std::uint64_t bit = last_page % mounts::heat_pages;
  const bool has_last = (pages.at(bit / 64) >> (bit % 64) & 1U) != 0;
  return has_last ? bytes - mounts::page_bytes + file_bytes % mounts::page_bytes : bytes;
}

}  // namespace

std::map<std::uint64_t, PageAccesses> page_accesses(const mounts::MountTrace& trace) {
  std::map<std::uint64_t, PageAccesses> all;
  for (const auto& heat : trace.heat) {
    if (heat.accessed > 0) all[heat.device].accessed += heat.accessed;
  }
  for (const auto& access : trace.accesses) {
    if ((access.flags & mounts::by_target) == 0) continue;
    PageAccesses& counts = all[access.device];
    if (access.outcome == mounts::Access::late)
      ++counts.late;
    else if (access.way == mounts::Access::fault)
      counts.fault_misses += access.missed;
    else
      counts.read_misses += access.missed;
  }
  return all;
}

std::map<std::uint64_t, PageBytes> page_bytes_of(const mounts::MountTrace& trace) {
  const mounts::FileTable files(trace);
  std::map<std::uint64_t, PageBytes> all;
  for (const auto& heat : trace.heat) {
    const mounts::File* const file = files.find(mounts::FileId{heat.device, heat.inode});
    const std::uint64_t size = file == nullptr ? 0 : file->bytes;
    const Bits mapped = either(heat.touched, heat.mapped);
    PageBytes& bytes = all[heat.device];
    bytes.touched += bytes_of(heat.touched, heat.chunk, size);
    bytes.mapped += bytes_of(mapped, heat.chunk, size);
    bytes.cached += bytes_of(either(mapped, heat.cached), heat.chunk, size);
  }
  return all;
}

}  // namespace bytepath::chunks
