#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

// A chunk as shards on several nodes: K of data, each a Kth of it in its order, and at most one of
// parity, which is the XOR of the others and stands in for any one of them.
namespace bytepath::lazyfs {

struct ErasureCode {
  std::size_t data = 1;    // K: shards that are enough
  std::size_t shards = 1;  // N: K or K + 1
  bool operator==(const ErasureCode&) const = default;
};

// "4/5". Error (usage): N is neither K nor K + 1, or K is not from 1 to 64.
Result<ErasureCode> parse_erasure_code(std::string_view text);

// All of one length, which is a Kth of the chunk's, rounded up; the last ones are filled with
// zeros.
std::vector<std::string> encode(std::string_view chunk, const ErasureCode& code);

// The chunk of that length from its shards by number, of which some may be missing; nothing when
// fewer than K are there, or one has not the right length.
std::optional<std::string> decode(const std::vector<std::optional<std::string>>& shards,
                                  const ErasureCode& code, std::uint64_t chunk_bytes);

// Bytes of one shard.
std::uint64_t shard_bytes(std::uint64_t chunk_bytes, const ErasureCode& code);

}  // namespace bytepath::lazyfs
