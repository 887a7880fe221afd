#include "weights/protobuf.h"

#include "weights/malformed.h"

namespace bytepath::weights {

Result<> ProtobufWalk::begin_field(std::string_view what) {
  if (file_->fields == file_->most_fields) {
    return malformed(file_->reader.path(), position_,
                     fmt::format("it has more than {} fields", file_->most_fields));
  }
  ++file_->fields;
  return file_->reader.seek(position_, what);
}

Result<std::uint64_t> ProtobufWalk::varint() {
  constexpr unsigned payload_bits = 7;
  constexpr unsigned last_shift = 63;  // of the tenth byte, which has one bit left
  const std::uint64_t place = file_->reader.position();
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift <= last_shift; shift += payload_bits) {
    if (file_->reader.position() >= end_) {
      return malformed(file_->reader.path(), place,
                       "a number is longer than the message that it is in");
    }
    BYTEPATH_TRY(byte, file_->reader.number<std::uint8_t>("a number"));
    if (shift == last_shift && byte > 1) break;
    value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
    if (byte < 0x80U) return value;
  }
  return malformed(file_->reader.path(), place, "a number has more than 64 bits");
}

Result<std::optional<std::uint64_t>> ProtobufWalk::next_packed() {
  if (position_ >= end_) return std::nullopt;
  if (auto begun = begin_field("a row of numbers"); !begun) return std::unexpected(begun.error());
  BYTEPATH_TRY(value, varint());
  position_ = file_->reader.position();
  return value;
}

Result<std::optional<ProtobufField>> ProtobufWalk::next() {
  using Wire = ProtobufField::Wire;
  if (position_ >= end_) return std::nullopt;
  if (auto begun = begin_field("a message"); !begun) return std::unexpected(begun.error());
  BYTEPATH_TRY(key, varint());
  constexpr std::uint64_t largest_key = UINT32_MAX;  // 29 bits of number, 3 of the wire type
  const std::uint64_t wire = key & 7U;
  ProtobufField field{.number = static_cast<std::uint32_t>(key >> 3U),
                      .wire = static_cast<Wire>(wire)};
  if (key > largest_key || field.number == 0) {
    return malformed(file_->reader.path(), position_, "this is no field of a message");
  }
  switch (field.wire) {
    case Wire::varint: {
      BYTEPATH_TRY(value, varint());
      field.value = value;
      break;
    }
    case Wire::bytes: {
      BYTEPATH_TRY(size, varint());
      field.size = size;
      break;
    }
    case Wire::fixed64:
      field.size = sizeof(std::uint64_t);
      break;
    case Wire::fixed32:
      field.size = sizeof(std::uint32_t);
      break;
    default:
      return malformed(file_->reader.path(), position_,
                       fmt::format("wire type {} is not known", wire));
  }
  field.begin = file_->reader.position();
  if (field.size > end_ - field.begin) {
    return malformed(file_->reader.path(), position_,
                     fmt::format("a field of {} bytes reaches beyond its message, which ends at "
                                 "byte {}",
                                 field.size, end_));
  }
  position_ = field.begin + field.size;
  return field;
}

}  // namespace bytepath::weights
