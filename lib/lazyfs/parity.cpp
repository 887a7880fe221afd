#include "lazyfs/parity.h"

#include <algorithm>

#include "base/text.h"

namespace bytepath::lazyfs {
namespace {

constexpr std::size_t most_data_shards = 64;

void add_by_xor(std::string& sum, std::string_view shard) {
  std::ranges::transform(sum, shard, sum.begin(),
                         [](char one, char other) { return static_cast<char>(one ^ other); });
}

}  // namespace

Result<ErasureCode> parse_erasure_code(std::string_view text) {
  const auto parts = split(text, '/');
  const auto data = parts.size() == 2 ? parse_unsigned(parts[0]) : std::nullopt;
  const auto shards = parts.size() == 2 ? parse_unsigned(parts[1]) : std::nullopt;
  const bool known = data && shards && *data >= 1 && *data <= most_data_shards &&
                     (*shards == *data || *shards == *data + 1);
  if (known) return ErasureCode{.data = *data, .shards = *shards};
  return fail(ErrorKind::usage, fmt::format("'{}' is not K/N with N = K or K + 1", text),
              "give 1/1, or 4/5 for four shards and one of parity");
}

std::uint64_t shard_bytes(std::uint64_t chunk_bytes, const ErasureCode& code) {
  return (chunk_bytes + code.data - 1) / code.data;
}

std::vector<std::string> encode(std::string_view chunk, const ErasureCode& code) {
  const std::size_t length = shard_bytes(chunk.size(), code);
  std::vector<std::string> shards;
  for (std::size_t i = 0; i < code.data; ++i) {
    auto& shard = shards.emplace_back(chunk.substr(std::min(i * length, chunk.size()), length));
    shard.resize(length);
  }
  if (code.shards > code.data) {
    std::string parity(length, '\0');
    for (const auto& shard : shards) add_by_xor(parity, shard);
    shards.push_back(std::move(parity));
  }
  return shards;
}

std::optional<std::string> decode(const std::vector<std::optional<std::string>>& shards,
                                  const ErasureCode& code, std::uint64_t chunk_bytes) {
  const std::size_t length = shard_bytes(chunk_bytes, code);
  std::size_t there = 0;
  for (const auto& shard : shards) {
    if (!shard) continue;
    if (shard->size() != length) return std::nullopt;
    ++there;
  }
  if (shards.size() != code.shards || there < code.data) return std::nullopt;
  std::string chunk;
  chunk.reserve(code.data * length);
  for (std::size_t i = 0; i < code.data; ++i) {
    if (const auto& shard = shards[i]) {
      chunk += *shard;
      continue;
    }
    std::string missing(length, '\0');
    for (const auto& other : shards) {
      if (other) add_by_xor(missing, *other);
    }
    chunk += missing;
  }
  chunk.resize(chunk_bytes);
  return chunk;
}

}  // namespace bytepath::lazyfs
