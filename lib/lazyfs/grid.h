#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"

// Where a file is cut into what is fetched at once.
namespace bytepath::lazyfs {

// Bytes of a file.
struct Extent {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  bool operator==(const Extent&) const = default;
};

// What a request needs of one chunk.
struct Piece {
  Extent chunk;
  std::uint64_t skip = 0;  // bytes of the chunk before those that are wanted
  std::uint64_t length = 0;
  bool operator==(const Piece&) const = default;
};

class Grid {
 public:
  // chunk_bytes: a power of two, or 0 for none: each request is then its own chunk.
  explicit Grid(std::uint64_t chunk_bytes) : chunk_bytes_(chunk_bytes) {}

  // Of a file of that size, in its order; none when the request begins at its end or beyond. The
  // last chunk of a file is as long as there are bytes.
  std::vector<Piece> pieces(std::uint64_t file_bytes, Extent wanted) const;

  std::uint64_t chunk_bytes() const { return chunk_bytes_; }

 private:
  std::uint64_t chunk_bytes_;
};

inline constexpr std::uint64_t least_chunk = 4096;
inline constexpr std::uint64_t largest_chunk = 64U << 20U;

// "512K", or "none", which is 0. Error (usage): no power of two from 4 KiB to 64 MiB.
Result<std::uint64_t> parse_chunk(std::string_view text);

}  // namespace bytepath::lazyfs
