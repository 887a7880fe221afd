#include "chunks/chunk_counts.h"

#include <algorithm>
#include <cstring>

#define XXH_INLINE_ALL  // NOLINT(readability-identifier-naming): theirs
#include <xxhash.h>

#include "chunks/chunk_table.h"

namespace bytepath::chunks {
namespace {

// Of nothing but zeros. The page is compared with itself, shifted by one.
bool is_zero(std::span<const std::byte> page) {
  return page.front() == std::byte{0} &&
         std::memcmp(page.data(), page.data() + 1, page.size() - 1) == 0;
}

std::uint64_t scaled(std::uint64_t bytes, double sampled) {
  return static_cast<std::uint64_t>(static_cast<double>(bytes) / sampled);
}

}  // namespace

// A chunk's hash is that of its pages' hashes, so that every byte is hashed once for all grids.
struct ChunkCounter::Grid {
  struct Totals {
    std::uint64_t all = 0;
    std::uint64_t zero = 0;
  };
  std::uint64_t chunk_bytes;
  ChunkTable table;
  std::vector<std::uint64_t> hashes;
  std::uint32_t bytes = 0;
  bool is_zero = true;
  std::vector<Totals> images;

  void add(std::uint64_t hash, std::uint32_t page_bytes, bool zero, std::uint32_t image) {
    hashes.push_back(hash);
    bytes += page_bytes;
    is_zero = is_zero && zero;
    if (bytes >= chunk_bytes) end_chunk(image);
  }
  void end_chunk(std::uint32_t image) {
    if (bytes == 0) return;
    images[image].all += bytes;
    if (is_zero) {
      images[image].zero += bytes;
    } else {
      const std::size_t size = hashes.size() * sizeof hashes.front();
      table.add(hashes.size() == 1 ? hashes.front() : XXH3_64bits(hashes.data(), size), image,
                bytes);
    }
    hashes.clear();
    bytes = 0;
    is_zero = true;
  }
};

ChunkCounter::ChunkCounter(const std::vector<std::uint64_t>& chunk_bytes, std::size_t most_chunks) {
  for (const std::uint64_t bytes : chunk_bytes) {
    grids_.push_back({.chunk_bytes = bytes, .table = ChunkTable(most_chunks)});
  }
}
ChunkCounter::~ChunkCounter() = default;
ChunkCounter::ChunkCounter(ChunkCounter&&) noexcept = default;

void ChunkCounter::begin_image() {
  for (Grid& grid : grids_) grid.images.emplace_back();
}

void ChunkCounter::add(std::span<const std::byte> piece) {
  if (!rest_.empty()) {
    const std::size_t more = std::min(least_chunk - rest_.size(), piece.size());
    rest_.insert(rest_.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(more));
    piece = piece.subspan(more);
    if (rest_.size() < least_chunk) return;
    add_page(rest_);
    rest_.clear();
  }
  for (; piece.size() >= least_chunk; piece = piece.subspan(least_chunk)) {
    add_page(piece.first(least_chunk));
  }
  rest_.assign(piece.begin(), piece.end());
}

void ChunkCounter::add_page(std::span<const std::byte> page) {
  const bool zero = is_zero(page);
  const std::uint64_t hash = zero ? 0 : XXH3_64bits(page.data(), page.size());
  for (Grid& grid : grids_) {
    grid.add(hash, static_cast<std::uint32_t>(page.size()), zero, image_);
  }
}

void ChunkCounter::end_image() {
  if (!rest_.empty()) add_page(rest_);
  rest_.clear();
  for (Grid& grid : grids_) grid.end_chunk(image_);
  ++image_;
}

std::vector<GridCounts> ChunkCounter::grids() const {
  std::vector<GridCounts> out;
  for (const Grid& grid : grids_) {
    GridCounts counts{.chunk_bytes = grid.chunk_bytes, .sampled = grid.table.sampled()};
    for (const auto& image : grid.images) {
      counts.all += image.all;
      counts.zero += image.zero;
    }
    grid.table.each([&](const ChunkTable::Chunk& chunk) {
      const std::uint64_t bytes = std::uint64_t{chunk.bytes} * chunk.count;
      (chunk.shared != 0 ? counts.shared : counts.unique) += bytes;
      counts.stored += chunk.bytes;
    });
    counts.unique = scaled(counts.unique, counts.sampled);
    counts.shared = scaled(counts.shared, counts.sampled);
    counts.stored = scaled(counts.stored, counts.sampled);
    out.push_back(counts);
  }
  return out;
}

std::vector<ImageCounts> ChunkCounter::images(std::size_t grid) const {
  std::vector<ImageCounts> out;
  for (const auto& image : grids_[grid].images) {
    out.push_back({.all = image.all, .zero = image.zero});
  }
  grids_[grid].table.each([&](const ChunkTable::Chunk& chunk) {
    if (chunk.shared == 0) out[chunk.image].unique += std::uint64_t{chunk.bytes} * chunk.count;
  });
  for (auto& image : out) image.unique = scaled(image.unique, grids_[grid].table.sampled());
  return out;
}

}  // namespace bytepath::chunks
