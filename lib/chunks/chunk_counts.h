#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

// How much of some images is the same, on grids of several chunk sizes: in one pass, in bounded
// memory.
namespace bytepath::chunks {

inline constexpr std::size_t least_chunk = 4096;

// Of one grid. Chunks that lie beyond the end of an image count with the bytes that they have.
struct GridCounts {
  std::uint64_t chunk_bytes = 0;
  std::uint64_t all = 0;     // bytes of the images
  std::uint64_t zero = 0;    // in chunks of nothing but zeros
  std::uint64_t unique = 0;  // in chunks that one image has and no other, once or more often
  std::uint64_t shared = 0;  // in chunks that several images have
  std::uint64_t stored = 0;  // each chunk that is not zero once
  double sampled = 1;        // the part of the chunks that unique, shared and stored rest on
};

// Of one image on one grid: what it would add to a store that holds all the others.
struct ImageCounts {
  std::uint64_t all = 0;
  std::uint64_t zero = 0;
  std::uint64_t unique = 0;
};

class ChunkCounter {
 public:
  // chunk_bytes: powers of two from least_chunk on, ascending. most_chunks: that are remembered of
  // each grid, at 24 bytes each; with more of them it goes on with half of them, then a quarter,
  // chosen by their hash.
  ChunkCounter(const std::vector<std::uint64_t>& chunk_bytes, std::size_t most_chunks);
  ~ChunkCounter();
  ChunkCounter(ChunkCounter&&) noexcept;

  // What follows, up to end_image(), is of a new image. Pieces may have any length.
  void begin_image();
  void add(std::span<const std::byte> piece);
  void end_image();

  std::vector<GridCounts> grids() const;
  // By image, as the grid is in the constructor's list.
  std::vector<ImageCounts> images(std::size_t grid) const;

 private:
  struct Grid;
  void add_page(std::span<const std::byte> page);
  std::vector<Grid> grids_;
  std::vector<std::byte> rest_;  // of a page that is not whole yet
  std::uint32_t image_ = 0;
};

}  // namespace bytepath::chunks
