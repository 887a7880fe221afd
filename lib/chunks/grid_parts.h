#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "chunks/start_reads.h"

// A start on a grid: what a mount would fetch at once, and which READ needs what of it.
namespace bytepath::chunks {

// What is fetched at once: a chunk of a file or an image, the whole file, or the whole mount.
enum class Unit { block, file, layer };

struct Grid {
  Unit unit = Unit::block;
  std::uint64_t chunk_bytes = 0;  // of a block: a power of two
};
std::string name(const Grid& grid);  // "512 KiB", "file", "layer"

inline constexpr std::uint64_t least_grid_chunk = 4096;
inline constexpr std::uint64_t largest_grid_chunk = 4U << 20U;

struct Part {
  std::uint64_t name = 0;  // the same for the same part in another recording
  std::uint64_t bytes = 0;
  std::size_t first_read = 0;  // which of the reads touches it first
};

class GridParts {
 public:
  GridParts(const StartReads& start, Grid grid);

  const Grid& grid() const { return grid_; }
  const std::vector<Part>& parts() const { return parts_; }  // in the order of their first touch
  std::size_t reads() const { return begins_.size() - 1; }
  // Of a read, by its place in StartReads::reads: the parts that it needs.
  std::span<const std::uint32_t> parts_of(std::size_t read) const;
  // Whether a part is touched first by this read.
  bool fetches(std::size_t read) const;
  std::uint64_t fetched_bytes() const;
  // The longest chain of fetches of which each was asked for after the one before had been
  // answered.
  std::size_t rounds() const;

  // The part of a byte range, read or not, as `key` and the bytes it has; the key is one of this
  // grid only. Calls take(key, bytes).
  template <class Take>
  void each_part(std::uint32_t file, std::uint64_t offset, std::uint64_t bytes,
                 const Take& take) const {
    if (grid_.unit != Unit::block) return take(key_of(file, 0), bytes_of(file, 0));
    const std::uint64_t last = (offset + bytes - 1) / grid_.chunk_bytes;
    for (std::uint64_t chunk = offset / grid_.chunk_bytes; chunk <= last; ++chunk) {
      take(key_of(file, chunk), bytes_of(file, chunk));
    }
  }
  // The number of the part with this key; UINT32_MAX: no read touches it.
  std::uint32_t number_of(std::uint64_t key) const;

 private:
  std::uint64_t key_of(std::uint32_t file, std::uint64_t chunk) const;
  std::uint64_t bytes_of(std::uint32_t file, std::uint64_t chunk) const;

  const StartReads& start_;
  Grid grid_;
  std::vector<std::uint64_t> layer_bytes_;
  std::vector<Part> parts_;
  std::unordered_map<std::uint64_t, std::uint32_t> numbers_;  // by key
  std::vector<std::uint32_t> needed_;                         // by all reads
  std::vector<std::size_t> begins_;  // of each read in needed_, and the end
};

}  // namespace bytepath::chunks
