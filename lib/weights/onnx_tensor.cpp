#include "weights/onnx_tensor.h"

#include <algorithm>
#include <array>

#include "weights/malformed.h"

namespace bytepath::weights {
namespace {

using Wire = ProtobufField::Wire;

struct Type {
  std::string_view name;
  std::uint64_t bits = 0;  // 0: not the same for all elements
};

// TensorProto.DataType of onnx.proto, by number.
constexpr std::array<Type, 27> types = {{
    {"UNDEFINED", 0},      {"FLOAT", 32},       {"UINT8", 8},          {"INT8", 8},
    {"UINT16", 16},        {"INT16", 16},       {"INT32", 32},         {"INT64", 64},
    {"STRING", 0},         {"BOOL", 8},         {"FLOAT16", 16},       {"DOUBLE", 64},
    {"UINT32", 32},        {"UINT64", 64},      {"COMPLEX64", 64},     {"COMPLEX128", 128},
    {"BFLOAT16", 16},      {"FLOAT8E4M3FN", 8}, {"FLOAT8E4M3FNUZ", 8}, {"FLOAT8E5M2", 8},
    {"FLOAT8E5M2FNUZ", 8}, {"UINT4", 4},        {"INT4", 4},           {"FLOAT4E2M1", 4},
    {"FLOAT8E8M0", 8},     {"UINT2", 2},        {"INT2", 2},
}};

// Field numbers of TensorProto and of StringStringEntryProto.
enum TensorField : std::uint32_t {
  dims = 1,
  data_type = 2,
  float_data = 4,
  int32_data = 5,
  int64_data = 7,
  name = 8,
  raw_data = 9,
  double_data = 10,
  uint64_data = 11,
  external_data = 13,
  data_location = 14,
};
constexpr std::uint64_t external_location = 1;

constexpr std::size_t most_dimensions = 64;

Result<std::string> read_text(ByteReader& reader, const ProtobufField& field,
                              std::string_view what) {
  constexpr std::uint64_t longest = UINT16_MAX;
  if (field.size > longest) {
    return malformed(reader.path(), field.begin, fmt::format("{} has {} bytes", what, field.size));
  }
  if (auto sought = reader.seek(field.begin, what); !sought) {
    return std::unexpected(sought.error());
  }
  return reader.text(field.size, what);
}

Result<> add_extent(const ByteReader& reader, const ProtobufField& field, std::uint64_t extent,
                    OnnxTensor& tensor) {
  if (tensor.shape.size() == most_dimensions || extent > INT64_MAX) {
    return malformed(reader.path(), field.begin,
                     fmt::format("tensor {} has a negative dimension or more than {} of them",
                                 in_quotes(tensor.name), most_dimensions));
  }
  tensor.shape.push_back(extent);
  return {};
}

// Written one by one (as onnx.proto says) or packed into one field (as proto3 does by itself).
Result<> take_dims(ProtobufFile& file, const ProtobufField& field, OnnxTensor& tensor) {
  if (field.wire == Wire::varint) return add_extent(file.reader, field, field.value, tensor);
  if (field.wire != Wire::bytes) return {};
  ProtobufWalk packed(file, field);
  while (true) {
    BYTEPATH_TRY(extent, packed.next_packed());
    if (!extent) return {};
    if (auto added = add_extent(file.reader, field, *extent, tensor); !added) return added;
  }
}

Result<> take_external(ProtobufFile& file, const ProtobufField& field, OnnxTensor& tensor) {
  ProtobufWalk walk(file, field);
  std::string key;
  std::string value;
  while (true) {
    BYTEPATH_TRY(entry, walk.next());
    if (!entry) break;
    if (entry->wire != Wire::bytes || entry->number > 2) continue;
    BYTEPATH_TRY(text, read_text(file.reader, *entry, "a tensor's external data"));
    (entry->number == 1 ? key : value) = std::move(text);
  }
  if (key == "location") tensor.location = value;
  if (key == "offset") tensor.offset = value;
  if (key == "length") tensor.length = value;
  return {};
}

Result<> take_field(ProtobufFile& file, const ProtobufField& field, OnnxTensor& tensor) {
  const bool bytes = field.wire == Wire::bytes;
  switch (field.number) {
    case dims:
      return take_dims(file, field, tensor);
    case data_type:
      tensor.type = field.value;
      break;
    case data_location:
      tensor.external = field.value == external_location;
      break;
    case external_data:
      if (bytes) return take_external(file, field, tensor);
      break;
    case name:
      if (bytes) {
        BYTEPATH_TRY(text, read_text(file.reader, field, "the name of a tensor"));
        tensor.name = std::move(text);
      }
      break;
    case float_data:
    case int32_data:
    case int64_data:
    case double_data:
    case uint64_data:
    case raw_data:
      if (bytes) {
        tensor.data = field;
        tensor.raw = field.number == raw_data;
      }
      break;
    default:
      break;
  }
  return {};
}

}  // namespace

Result<OnnxTensor> read_onnx_tensor(ProtobufFile& file, const ProtobufField& field) {
  OnnxTensor tensor;
  ProtobufWalk walk(file, field);
  while (true) {
    BYTEPATH_TRY(part, walk.next());
    if (!part) return tensor;
    if (auto taken = take_field(file, *part, tensor); !taken) {
      return std::unexpected(taken.error());
    }
  }
}

std::string onnx_type_name(std::uint64_t type) {
  return type < types.size() ? std::string(types[type].name) : fmt::format("type {}", type);
}

std::optional<std::uint64_t> onnx_size(std::uint64_t type,
                                       const std::vector<std::uint64_t>& shape) {
  std::uint64_t bits = type < types.size() ? types[type].bits : 0;
  if (bits == 0) return std::nullopt;
  for (const std::uint64_t extent : shape) {
    if (__builtin_mul_overflow(bits, extent, &bits)) return std::nullopt;
  }
  return bits / 8 + (bits % 8 != 0 ? 1 : 0);
}

}  // namespace bytepath::weights
