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

// A file of protocol buffers, which all walks over its messages share, and with it a budget: a
// field may take two bytes, and nothing but those, at whatever depth, would keep a reader busy for
// as long as the file is large.
struct ProtobufFile {
  ByteReader reader;
  std::uint64_t most_fields = 0;
  std::uint64_t fields = 0;  // read so far; a number of a packed row counts as one
};

// Walks over the fields of one message. A message within it is walked over by another walk over the
// bytes of its field.
class ProtobufWalk {
 public:
  // The whole file; the message that is a field of another.
  explicit ProtobufWalk(ProtobufFile& file)
      : ProtobufWalk(file, file.reader.position(), file.reader.end()) {}
  ProtobufWalk(ProtobufFile& file, const ProtobufField& field)
      : ProtobufWalk(file, field.begin, field.begin + field.size) {}

  // The next field; nothing at the end.
  Result<std::optional<ProtobufField>> next();
  // Of bytes that are a row of numbers and no message.
  Result<std::optional<std::uint64_t>> next_packed();

 private:
  ProtobufWalk(ProtobufFile& file, std::uint64_t begin, std::uint64_t end)
      : file_(&file), position_(begin), end_(end) {}
  // Goes to position_ and takes one from the budget.
  Result<> begin_field(std::string_view what);
  Result<std::uint64_t> varint();

  ProtobufFile* file_;
  std::uint64_t position_;
  std::uint64_t end_;
};

}  // namespace bytepath::weights
