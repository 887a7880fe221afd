#include "lazyfs/grid.h"

#include <algorithm>
#include <bit>

#include "base/units.h"

namespace bytepath::lazyfs {

std::vector<Piece> Grid::pieces(std::uint64_t file_bytes, Extent wanted) const {
  std::vector<Piece> out;
  if (wanted.offset >= file_bytes) return out;
  const std::uint64_t end = wanted.offset + std::min(wanted.length, file_bytes - wanted.offset);
  for (std::uint64_t at = wanted.offset; at < end;) {
    const std::uint64_t begin = chunk_bytes_ == 0 ? at : at & ~(chunk_bytes_ - 1);
    const std::uint64_t chunk_end =
        chunk_bytes_ == 0 ? end : begin + std::min(chunk_bytes_, file_bytes - begin);
    const std::uint64_t piece_end = std::min(end, chunk_end);
    out.push_back({.chunk = {.offset = begin, .length = chunk_end - begin},
                   .skip = at - begin,
                   .length = piece_end - at});
    at = piece_end;
  }
  return out;
}

Result<std::uint64_t> parse_chunk(std::string_view text) {
  if (text == "none") return 0;
  BYTEPATH_TRY(bytes, parse_size(text));
  if (std::has_single_bit(bytes) && bytes >= least_chunk && bytes <= largest_chunk) return bytes;
  return fail(ErrorKind::usage, fmt::format("'{}' is no power of two from 4 KiB to 64 MiB", text),
              "a chunk size such as 64K, 512K or 4M, or none");
}

}  // namespace bytepath::lazyfs
