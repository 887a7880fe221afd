#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "weights/byte_reader.h"

namespace bytepath::weights {

// A field of a protocol buffer, as protobuf.dev's "Encoding" page describes the wire format.
struct ProtobufField {
  enum class Wire { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };
  std::uint32_t number = 0;
  Wire wire = Wire::varint;
  std::uint64_t value = 0;  // of varint
  std::uint64_t begin = 0;  // where its bytes lie in the file, of every other kind
  std::uint64_t size = 0;
};

// Walks over the fields of one message. A message within it is walked over by another walk over the
// bytes of its field, with the same reader.
class ProtobufWalk {
 public:
  // The message in [begin, end) of the file; the whole file.
  ProtobufWalk(ByteReader& reader, std::uint64_t begin, std::uint64_t end)
      : reader_(&reader), position_(begin), end_(end) {}
  ProtobufWalk(ByteReader& reader, const ProtobufField& field)
      : ProtobufWalk(reader, field.begin, field.begin + field.size) {}

  // The next field; nothing at the end.
  Result<std::optional<ProtobufField>> next();
  // Of bytes that are a row of numbers and no message.
  Result<std::optional<std::uint64_t>> next_packed();

 private:
  Result<std::uint64_t> varint();

  ByteReader* reader_;
  std::uint64_t position_;
  std::uint64_t end_;
};

}  // namespace bytepath::weights
