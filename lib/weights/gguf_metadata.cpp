#include "weights/gguf_metadata.h"

#include <array>
#include <bit>
#include <utility>

#include "weights/malformed.h"

namespace bytepath::weights {
namespace {

// enum gguf_type of ggml's gguf.h, by number, with the bytes of a value; 0: not the same for all.
constexpr std::uint32_t string_type = 8;
constexpr std::uint32_t array_type = 9;
constexpr std::array<std::uint64_t, 13> value_bytes = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
constexpr std::uint64_t length_bytes = 8;
constexpr std::uint64_t array_head_bytes = 4 + length_bytes;

// An array whose elements have not all been read.
struct OpenArray {
  std::uint32_t type = 0;
  std::uint64_t left = 0;
};

// Arrays within arrays, which the format allows and no writer uses.
constexpr std::size_t deepest_array = 8;

std::uint64_t least_bytes(std::uint32_t type) {
  if (type == string_type) return length_bytes;
  return type == array_type ? array_head_bytes : value_bytes[type];
}

Result<std::uint32_t> read_type(ByteReader& reader) {
  const std::uint64_t place = reader.position();
  BYTEPATH_TRY(type, reader.number<std::uint32_t>("the type of a value"));
  if (type >= value_bytes.size()) {
    return malformed(reader.path(), place, fmt::format("no value has the type {}", type));
  }
  return type;
}

Result<> skip_string(ByteReader& reader) {
  const std::uint64_t place = reader.position();
  BYTEPATH_TRY(length, reader.number<std::uint64_t>("the length of a string"));
  if (length <= reader.remaining()) return reader.skip(length, "a string");
  return malformed(reader.path(), place,
                   fmt::format("a string of {} bytes has no place in the header", length));
}

Result<OpenArray> open_array(ByteReader& reader) {
  BYTEPATH_TRY(type, read_type(reader));
  const std::uint64_t place = reader.position();
  BYTEPATH_TRY(count, reader.number<std::uint64_t>("the length of an array"));
  if (count > reader.remaining() / least_bytes(type)) {
    return malformed(reader.path(), place,
                     fmt::format("an array of {} elements has no place in the header", count));
  }
  return OpenArray{.type = type, .left = count};
}

Result<> skip_array(ByteReader& reader) {
  BYTEPATH_TRY(outer, open_array(reader));
  std::vector<OpenArray> open = {outer};
  while (!open.empty()) {
    OpenArray& array = open.back();
    if (array.left == 0) {
      open.pop_back();
    } else if (value_bytes[array.type] != 0) {
      const std::uint64_t bytes = value_bytes[array.type] * std::exchange(array.left, 0);
      if (auto skipped = reader.skip(bytes, "an array"); !skipped) return skipped;
    } else if (array.type == string_type) {
      --array.left;
      if (auto skipped = skip_string(reader); !skipped) return skipped;
    } else {
      --array.left;
      if (open.size() >= deepest_array) {
        return malformed(reader.path(), reader.position(),
                         fmt::format("arrays lie within arrays {} deep", deepest_array));
      }
      BYTEPATH_TRY(inner, open_array(reader));
      open.push_back(inner);
    }
  }
  return {};
}

// A value that is no string and no array, as it lies there: numbers are little-endian.
Result<std::uint64_t> read_scalar(ByteReader& reader, std::uint32_t type) {
  constexpr std::string_view what = "a value";
  switch (value_bytes[type]) {
    case 1:
      return reader.number<std::uint8_t>(what);
    case 2:
      return reader.number<std::uint16_t>(what);
    case 4:
      return reader.number<std::uint32_t>(what);
    default:
      return reader.number<std::uint64_t>(what);
  }
}

Result<> take_scalar(ByteReader& reader, std::string_view key, std::uint32_t type,
                     GgufMetadata& metadata) {
  const std::uint64_t place = reader.position();
  BYTEPATH_TRY(value, read_scalar(reader, type));
  if (key == "split.count") metadata.split_count = value;
  if (key == "split.no") metadata.split_number = value;
  if (key == "split.tensors.count") metadata.split_tensors = value;
  if (key == "general.alignment") {
    constexpr std::uint64_t largest_alignment = UINT32_MAX;
    if (!std::has_single_bit(value) || value > largest_alignment) {
      return malformed(
          reader.path(), place,
          fmt::format("an alignment of {} bytes is no power of two that can be", value));
    }
    metadata.alignment = value;
  }
  return {};
}

Result<> take_value(ByteReader& reader, std::string_view key, std::uint32_t type,
                    GgufMetadata& metadata) {
  if (type == string_type) return skip_string(reader);
  if (type == array_type) return skip_array(reader);
  return take_scalar(reader, key, type, metadata);
}

}  // namespace

Result<std::string> read_gguf_string(ByteReader& reader, std::string_view what) {
  constexpr std::uint64_t longest = UINT16_MAX;  // docs/gguf.md: of a key
  const std::uint64_t place = reader.position();
  BYTEPATH_TRY(length, reader.number<std::uint64_t>(what));
  if (length > longest) {
    return malformed(reader.path(), place, fmt::format("{} has {} bytes", what, length));
  }
  return reader.text(length, what);
}

Result<GgufMetadata> read_gguf_metadata(ByteReader& reader, std::uint64_t pairs) {
  GgufMetadata metadata;
  for (std::uint64_t i = 0; i < pairs; ++i) {
    BYTEPATH_TRY(key, read_gguf_string(reader, "the name of a key"));
    BYTEPATH_TRY(type, read_type(reader));
    auto taken = take_value(reader, key, type, metadata);
    if (!taken) return std::unexpected(std::move(taken).error());
  }
  return metadata;
}

}  // namespace bytepath::weights
