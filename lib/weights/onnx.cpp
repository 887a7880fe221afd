#include "weights/onnx.h"

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>

#include "base/text.h"
#include "weights/malformed.h"
#include "weights/model_builder.h"
#include "weights/onnx_tensor.h"
#include "weights/sibling.h"

namespace bytepath::weights {
namespace {

using Wire = ProtobufField::Wire;

// Field numbers of ModelProto and GraphProto.
constexpr std::uint32_t ir_version = 1;
constexpr std::uint32_t graph = 7;
constexpr std::uint32_t initializer = 5;

// A tensor with external data is some 20 fields, and the largest graphs have some 100,000 nodes.
constexpr std::uint64_t most_fields = 24 * max_tensors;

class OnnxReader {
 public:
  OnnxReader(const ByteSource& source, const Opener& open)
      : source_(source),
        open_(open),
        protobuf_{.reader = ByteReader(source), .most_fields = most_fields},
        file_(builder_.add_file(source.file())) {}

  Result<Model> read();

 private:
  Result<> read_graph(const ProtobufField& field);
  Result<> add(OnnxTensor&& found, std::uint64_t place);
  Result<std::uint32_t> external_file(const OnnxTensor& found);
  Result<> place_external(const OnnxTensor& found, Tensor& tensor);
  Result<> check_size(const OnnxTensor& found, std::uint64_t size) const;

  const ByteSource& source_;
  const Opener& open_;
  ProtobufFile protobuf_;
  ModelBuilder builder_{"onnx"};
  std::uint32_t file_;
  std::unordered_map<std::string, std::uint32_t> external_files_;  // by path
};

Result<> OnnxReader::check_size(const OnnxTensor& found, std::uint64_t size) const {
  const auto needed = onnx_size(found.type, found.shape);
  if (!needed || *needed == size) return {};
  return malformed(source_.path(),
                   fmt::format("tensor {} has {} bytes, and its shape and its type {} need {}",
                               in_quotes(found.name), size, onnx_type_name(found.type), *needed));
}

Result<std::uint32_t> OnnxReader::external_file(const OnnxTensor& found) {
  BYTEPATH_TRY(path, sibling_path(source_.path(), found.location));
  const auto known = external_files_.find(path);
  if (known != external_files_.end()) return known->second;
  auto file = open_(path);
  if (!file) {
    return malformed(source_.path(),
                     fmt::format("it says that {} holds tensor {}; {}", in_quotes(found.location),
                                 in_quotes(found.name), file.error().message),
                     "a model's data has to lie beside it, under its first name");
  }
  const std::uint32_t number = builder_.add_file((*file)->file());
  external_files_.emplace(std::move(path), number);
  return number;
}

// Without an offset the data begins with the file, without a length it is as long as the shape says
// (onnx's ExternalData.md).
Result<> OnnxReader::place_external(const OnnxTensor& found, Tensor& tensor) {
  BYTEPATH_TRY(file, external_file(found));
  tensor.file = file;
  const auto offset = found.offset.empty() ? 0 : parse_unsigned(found.offset);
  if (!offset) {
    return malformed(source_.path(), fmt::format("tensor {} has the offset {}",
                                                 in_quotes(found.name), in_quotes(found.offset)));
  }
  tensor.offset = *offset;
  const auto length =
      found.length.empty() ? onnx_size(found.type, found.shape) : parse_unsigned(found.length);
  if (!length) {
    return malformed(source_.path(), fmt::format("tensor {} has the length {}",
                                                 in_quotes(found.name), in_quotes(found.length)));
  }
  tensor.size = *length;
  return check_size(found, tensor.size);
}

Result<> OnnxReader::add(OnnxTensor&& found, std::uint64_t place) {
  if (found.name.empty()) {
    return malformed(source_.path(), place, "an initializer has no name");
  }
  Tensor tensor{.name = found.name,
                .type = onnx_type_name(found.type),
                .shape = std::move(found.shape),
                .file = file_};
  found.shape = tensor.shape;
  if (found.external) {
    if (auto placed = place_external(found, tensor); !placed) return placed;
  } else if (found.data) {
    tensor.offset = found.data->begin;
    tensor.size = found.data->size;
    if (found.raw) {
      if (auto checked = check_size(found, tensor.size); !checked) return checked;
    }
  } else {
    return {};  // texts, or no elements
  }
  return builder_.add(std::move(tensor));
}

Result<> OnnxReader::read_graph(const ProtobufField& field) {
  ProtobufWalk walk(protobuf_, field);
  while (true) {
    BYTEPATH_TRY(part, walk.next());
    if (!part) return {};
    if (part->number != initializer || part->wire != Wire::bytes) continue;
    BYTEPATH_TRY(tensor, read_onnx_tensor(protobuf_, *part));
    if (auto added = add(std::move(tensor), part->begin); !added) return added;
  }
}

Result<Model> OnnxReader::read() {
  ProtobufWalk walk(protobuf_);
  bool has_graph = false;
  while (true) {
    BYTEPATH_TRY(part, walk.next());
    if (!part && !has_graph) return malformed(source_.path(), "it has no graph");
    if (!part) return builder_.finish(SharedBytes::allowed);
    if (part->number != graph || part->wire != Wire::bytes) continue;
    has_graph = true;
    if (auto read = read_graph(*part); !read) return std::unexpected(read.error());
  }
}

// Of ModelProto, with the kind that each has.
constexpr std::array<std::pair<std::uint32_t, Wire>, 12> model_fields = {{
    {ir_version, Wire::varint},
    {2, Wire::bytes},
    {3, Wire::bytes},
    {4, Wire::bytes},
    {5, Wire::varint},
    {6, Wire::bytes},
    {graph, Wire::bytes},
    {8, Wire::bytes},
    {14, Wire::bytes},
    {20, Wire::bytes},
    {25, Wire::bytes},
    {26, Wire::bytes},
}};

}  // namespace

Result<Model> read_onnx(const ByteSource& source, const Opener& open) {
  return OnnxReader(source, open).read();
}

bool looks_like_onnx(const ByteSource& source) {
  constexpr std::uint64_t enough_fields = 10'000;
  ProtobufFile file{.reader = ByteReader(source), .most_fields = enough_fields};
  ProtobufWalk walk(file);
  bool has_version = false;
  bool has_graph = false;
  while (file.fields < enough_fields) {
    const auto walked = walk.next();
    if (!walked) return false;
    const std::optional<ProtobufField>& part = *walked;
    if (!part) break;
    const std::pair field(part->number, part->wire);
    if (std::ranges::find(model_fields, field) == model_fields.end()) return false;
    has_version = has_version || field.first == ir_version;
    has_graph = has_graph || field.first == graph;
  }
  return has_version && has_graph;
}

}  // namespace bytepath::weights
