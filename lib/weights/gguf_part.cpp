#include "weights/gguf_part.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "weights/byte_reader.h"
#include "weights/ggml_type.h"
#include "weights/gguf_metadata.h"
#include "weights/malformed.h"

namespace bytepath::weights {
namespace {

constexpr std::uint64_t length_bytes = 8;

struct Header {
  std::uint64_t tensors = 0;
  std::uint64_t pairs = 0;
};

Result<> check_version(const ByteSource& source, std::uint32_t version) {
  constexpr std::uint32_t oldest = 2;
  constexpr std::uint32_t newest = 3;
  if (version >= oldest && version <= newest) return {};
  if (std::byteswap(version) >= oldest && std::byteswap(version) <= newest) {
    return fail(ErrorKind::unsupported,
                fmt::format("cannot read {}: it is a big-endian GGUF", source.path()),
                "convert it with gguf_convert_endian, or use --grid 1MiB");
  }
  if (version == 1) {
    return fail(ErrorKind::unsupported,
                fmt::format("cannot read {}: version 1 of GGUF is not read", source.path()),
                "convert the model again with a current llama.cpp, or use --grid 1MiB");
  }
  return malformed(source.path(), sizeof version,
                   fmt::format("version {} of GGUF is not known", version));
}

Result<Header> read_header(const ByteSource& source, ByteReader& reader) {
  constexpr std::string_view what = "the head of the file";
  constexpr std::uint64_t magic_bytes = 4;
  if (auto skipped = reader.skip(magic_bytes, what); !skipped) {
    return std::unexpected(skipped.error());
  }
  BYTEPATH_TRY(version, reader.number<std::uint32_t>(what));
  if (auto checked = check_version(source, version); !checked) {
    return std::unexpected(checked.error());
  }
  const std::uint64_t place = reader.position();
  BYTEPATH_TRY(tensors, reader.number<std::uint64_t>(what));
  if (tensors > max_tensors) {
    return malformed(
        source.path(), place,
        fmt::format("it says that it has {} tensors, more than {}", tensors, max_tensors));
  }
  BYTEPATH_TRY(pairs, reader.number<std::uint64_t>(what));
  constexpr std::uint64_t least_pair_bytes = length_bytes + 4 + 1;
  if (pairs > reader.remaining() / least_pair_bytes) {
    return malformed(
        source.path(), place + sizeof tensors,
        fmt::format("{} key-value pairs have no place in {} bytes", pairs, reader.remaining()));
  }
  return Header{.tensors = tensors, .pairs = pairs};
}

Result<std::vector<std::uint64_t>> read_shape(ByteReader& reader) {
  constexpr std::uint32_t most_dimensions = 8;  // ggml itself has 4 (GGML_MAX_DIMS)
  const std::uint64_t place = reader.position();
  BYTEPATH_TRY(count, reader.number<std::uint32_t>("a tensor's number of dimensions"));
  if (count > most_dimensions) {
    return malformed(reader.path(), place, fmt::format("a tensor of {} dimensions", count));
  }
  std::vector<std::uint64_t> shape;
  for (std::uint32_t i = 0; i < count; ++i) {
    BYTEPATH_TRY(extent, reader.number<std::uint64_t>("a tensor's dimensions"));
    shape.push_back(extent);
  }
  return shape;
}

// Bytes of a tensor of a known type.
Result<std::uint64_t> size_of(const ByteReader& reader, std::uint64_t place, const Tensor& tensor,
                              const GgmlType& type) {
  const std::uint64_t row = tensor.shape.empty() ? 1 : tensor.shape.front();
  if (row % type.elements != 0) {
    return malformed(reader.path(), place,
                     fmt::format("tensor {} has rows of {} elements, and {} comes in blocks of {}",
                                 in_quotes(tensor.name), row, type.name, type.elements));
  }
  std::uint64_t size = 0;
  bool overflows = __builtin_mul_overflow(row / type.elements, type.bytes, &size);
  for (std::size_t i = 1; i < tensor.shape.size(); ++i) {
    overflows = __builtin_mul_overflow(size, tensor.shape[i], &size) || overflows;
  }
  if (overflows) {
    return malformed(
        reader.path(), place,
        fmt::format("tensor {} has more bytes than 64 bits can count", in_quotes(tensor.name)));
  }
  return size;
}

// Offsets are still those within the data; the size of an unknown type is not known yet.
constexpr std::uint64_t unknown_size = UINT64_MAX;

Result<Tensor> read_tensor(ByteReader& reader, std::uint64_t alignment) {
  const std::uint64_t place = reader.position();
  Tensor tensor;
  BYTEPATH_TRY(name, read_gguf_string(reader, "the name of a tensor"));
  tensor.name = std::move(name);
  BYTEPATH_TRY(shape, read_shape(reader));
  tensor.shape = std::move(shape);
  BYTEPATH_TRY(type_id, reader.number<std::uint32_t>("the type of a tensor"));
  BYTEPATH_TRY(offset, reader.number<std::uint64_t>("the place of a tensor"));
  tensor.offset = offset;
  if (offset % alignment != 0) {
    return malformed(reader.path(), place,
                     fmt::format("tensor {} begins {} bytes into the data, which is no multiple of "
                                 "the alignment {}",
                                 in_quotes(tensor.name), offset, alignment));
  }
  const GgmlType* const type = find_ggml_type(type_id);
  if (type == nullptr) {
    tensor.type = fmt::format("type {}", type_id);
    tensor.size = unknown_size;
    return tensor;
  }
  tensor.type = type->name;
  BYTEPATH_TRY(size, size_of(reader, place, tensor, *type));
  tensor.size = size;
  return tensor;
}

// A tensor of an unknown type reaches to where the next one begins.
void size_unknown_types(std::vector<Tensor>& tensors, std::uint64_t file_size) {
  std::vector<std::size_t> order(tensors.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::sort(order, {}, [&](std::size_t i) { return std::pair(tensors[i].offset, i); });
  for (std::size_t i = 0; i < order.size(); ++i) {
    Tensor& tensor = tensors[order[i]];
    if (tensor.size != unknown_size) continue;
    const std::uint64_t end = i + 1 < order.size() ? tensors[order[i + 1]].offset : file_size;
    tensor.size = end > tensor.offset ? end - tensor.offset : 0;
  }
}

}  // namespace

Result<GgufPart> read_gguf_part(const ByteSource& source) {
  ByteReader reader(source, 0, max_header_bytes);
  BYTEPATH_TRY(header, read_header(source, reader));
  BYTEPATH_TRY(metadata, read_gguf_metadata(reader, header.pairs));
  GgufPart part{.part_count = metadata.split_count,
                .part_number = metadata.split_number,
                .tensors_of_all_parts = metadata.split_tensors};
  for (std::uint64_t i = 0; i < header.tensors; ++i) {
    BYTEPATH_TRY(tensor, read_tensor(reader, metadata.alignment));
    part.tensors.push_back(std::move(tensor));
  }
  // Neither overflows: a header has at most 100 MB and an alignment 32 bits.
  const std::uint64_t data =
      (reader.position() + metadata.alignment - 1) / metadata.alignment * metadata.alignment;
  for (Tensor& tensor : part.tensors) {
    if (__builtin_add_overflow(data, tensor.offset, &tensor.offset)) {
      return malformed(source.path(), fmt::format("tensor {} begins beyond what 64 bits can count",
                                                  in_quotes(tensor.name)));
    }
  }
  size_unknown_types(part.tensors, source.size());
  return part;
}

}  // namespace bytepath::weights
