#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "weights/protobuf.h"

namespace bytepath::weights {

// A TensorProto of onnx.proto: what says where its bytes are, and not the bytes.
struct OnnxTensor {
  std::string name;
  std::vector<std::uint64_t> shape;
  std::uint64_t type = 0;  // TensorProto.DataType
  bool raw = false;        // raw_data, whose size follows from shape and type
  // Where its data lies in the model's file; the typed fields (float_data and others) once.
  std::optional<ProtobufField> data;
  bool external = false;  // data_location: EXTERNAL
  std::string location;   // the keys of external_data
  std::string offset;
  std::string length;
};

Result<OnnxTensor> read_onnx_tensor(ProtobufFile& file, const ProtobufField& field);

// "FLOAT16"; "type 57" of one that is not known.
std::string onnx_type_name(std::uint64_t type);
// Bytes of that many elements; nothing where the type has no fixed size or 64 bits cannot count
// them.
std::optional<std::uint64_t> onnx_size(std::uint64_t type, const std::vector<std::uint64_t>& shape);

}  // namespace bytepath::weights
