#include "chunks/grid_parts.h"

#include <algorithm>
#include <utility>

#include "base/units.h"
#include "simulation/object_numbers.h"

namespace bytepath::chunks {

std::string name(const Grid& grid) {
  switch (grid.unit) {
    case Unit::file:
      return "file";
    case Unit::layer:
      return "layer";
    case Unit::block:
      break;
  }
  return format_size(grid.chunk_bytes);
}

GridParts::GridParts(const StartReads& start, Grid grid)
    : start_(start), grid_(grid), layer_bytes_(start.layer_bytes) {
  // Of a mount whose size is not known, what is known of its files.
  std::vector<std::uint64_t> of_files(layer_bytes_.size());
  for (const auto& file : start.files) of_files[file.layer] += file.bytes;
  for (std::size_t i = 0; i < layer_bytes_.size(); ++i) {
    if (layer_bytes_[i] == 0) layer_bytes_[i] = of_files[i];
  }
  for (std::size_t i = 0; i < start.reads.size(); ++i) {
    const StartRead& read = start.reads[i];
    begins_.push_back(needed_.size());
    each_part(read.file, read.offset, read.bytes, [&](std::uint64_t key, std::uint64_t bytes) {
      const auto [place, is_new] = numbers_.emplace(key, static_cast<std::uint32_t>(parts_.size()));
      needed_.push_back(place->second);
      if (!is_new) return;
      const std::uint64_t chunk = key - key_of(read.file, 0);
      const std::uint64_t of_file = start.files[read.file].name;
      parts_.push_back({.name = simulation::ObjectNumbers::hash(of_file + chunk),
                        .bytes = bytes,
                        .first_read = i});
    });
  }
  begins_.push_back(needed_.size());
}

std::span<const std::uint32_t> GridParts::parts_of(std::size_t read) const {
  return std::span(needed_).subspan(begins_[read], begins_[read + 1] - begins_[read]);
}

bool GridParts::fetches(std::size_t read) const {
  return std::ranges::any_of(parts_of(read),
                             [&](std::uint32_t part) { return parts_[part].first_read == read; });
}

std::uint64_t GridParts::fetched_bytes() const {
  std::uint64_t bytes = 0;
  for (const auto& part : parts_) bytes += part.bytes;
  return bytes;
}

std::size_t GridParts::rounds() const {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> fetches_by_end;
  for (std::size_t i = 0; i < start_.reads.size(); ++i) {
    const StartRead& read = start_.reads[i];
    if (fetches(i)) fetches_by_end.emplace_back(read.end_ns, read.begin_ns);
  }
  std::ranges::sort(fetches_by_end);
  // Whoever ends first leaves the most room for others: the longest chain.
  std::size_t rounds = 0;
  std::uint64_t reached = 0;
  for (const auto& [end, begin] : fetches_by_end) {
    if (rounds > 0 && begin < reached) continue;
    ++rounds;
    reached = end;
  }
  return rounds;
}

std::uint32_t GridParts::number_of(std::uint64_t key) const {
  const auto place = numbers_.find(key);
  return place == numbers_.end() ? UINT32_MAX : place->second;
}

std::uint64_t GridParts::key_of(std::uint32_t file, std::uint64_t chunk) const {
  const std::uint32_t of = grid_.unit == Unit::layer ? start_.files[file].layer : file;
  // Far apart, so that the chunks of one are not those of another.
  return simulation::ObjectNumbers::hash(std::uint64_t{of} + 1) + chunk;
}

std::uint64_t GridParts::bytes_of(std::uint32_t file, std::uint64_t chunk) const {
  const StartFile& of = start_.files[file];
  if (grid_.unit == Unit::layer) return layer_bytes_[of.layer];
  if (grid_.unit == Unit::file) return of.bytes;
  if (!of.size_known) return grid_.chunk_bytes;
  return std::min(grid_.chunk_bytes, of.bytes - std::min(of.bytes, chunk * grid_.chunk_bytes));
}

}  // namespace bytepath::chunks
