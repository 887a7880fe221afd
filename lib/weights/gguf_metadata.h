#pragma once
#include <cstdint>
#include <optional>

#include "weights/byte_reader.h"

namespace bytepath::weights {

// What matters here of the key-value pairs of a GGUF header.
struct GgufMetadata {
  std::uint64_t alignment = 32;  // bytes; "general.alignment"
  std::optional<std::uint64_t> split_count;
  std::optional<std::uint64_t> split_number;
  std::optional<std::uint64_t> split_tensors;
};

// Reads that many pairs from where the reader stands; afterwards it stands behind them.
Result<GgufMetadata> read_gguf_metadata(ByteReader& reader, std::uint64_t pairs);

// A string as GGUF writes it: 8 bytes with its length before it.
Result<std::string> read_gguf_string(ByteReader& reader, std::string_view what);

}  // namespace bytepath::weights
