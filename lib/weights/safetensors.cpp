#include "weights/safetensors.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "weights/byte_reader.h"
#include "weights/malformed.h"
#include "weights/model_builder.h"
#include "weights/safetensors_json.h"
#include "weights/sibling.h"

namespace bytepath::weights {
namespace {

constexpr std::uint64_t length_bytes = 8;

struct Type {
  std::string_view name;
  std::uint64_t bits = 0;
};

// enum Dtype of the reference implementation (safetensors/src/tensor.rs).
constexpr std::array<Type, 22> types = {{
    {"BOOL", 8},        {"F4", 4},      {"F6_E2M3", 6}, {"F6_E3M2", 6}, {"U8", 8},
    {"I8", 8},          {"F8_E5M2", 8}, {"F8_E4M3", 8}, {"F8_E8M0", 8}, {"F8_E4M3FNUZ", 8},
    {"F8_E5M2FNUZ", 8}, {"I16", 16},    {"U16", 16},    {"F16", 16},    {"BF16", 16},
    {"I32", 32},        {"U32", 32},    {"F32", 32},    {"C64", 64},    {"F64", 64},
    {"I64", 64},        {"U64", 64},
}};

// Whether the place that the entry names has the size that its shape has. Of a type that came after
// the table nobody knows.
bool fits_its_shape(const SafetensorsEntry& entry) {
  const auto* const type = std::ranges::find(types, entry.type, &Type::name);
  if (type == types.end()) return true;
  std::uint64_t bits = type->bits;
  bool overflows = false;
  for (const std::uint64_t extent : entry.shape) {
    overflows = __builtin_mul_overflow(bits, extent, &bits) || overflows;
  }
  return !overflows && bits % 8 == 0 && entry.end - entry.begin == bits / 8;
}

Result<Tensor> to_tensor(const std::string& path, SafetensorsEntry&& entry, std::uint64_t data) {
  std::uint64_t offset = 0;
  if (entry.begin > entry.end || __builtin_add_overflow(data, entry.begin, &offset)) {
    return malformed(path, fmt::format("tensor {} has the data_offsets {} and {}",
                                       in_quotes(entry.name), entry.begin, entry.end));
  }
  if (!fits_its_shape(entry)) {
    return malformed(path,
                     fmt::format("tensor {} has {} bytes, which is not what its shape and its type "
                                 "{} need",
                                 in_quotes(entry.name), entry.end - entry.begin, entry.type));
  }
  return Tensor{.name = std::move(entry.name),
                .type = std::move(entry.type),
                .shape = std::move(entry.shape),
                .offset = offset,
                .size = entry.end - entry.begin};
}

Result<> add_tensors(ModelBuilder& builder, const ByteSource& source, std::uint32_t file) {
  ByteReader reader(source);
  BYTEPATH_TRY(length, reader.number<std::uint64_t>("the length of the header"));
  if (length > max_header_bytes) {
    return malformed(
        source.path(), 0,
        fmt::format("its header has {} bytes, more than {}", length, max_header_bytes));
  }
  BYTEPATH_TRY(text, reader.text(length, fmt::format("a header of {} bytes", length)));
  BYTEPATH_TRY(entries, parse_safetensors_header(text, source.path(), length_bytes));
  for (SafetensorsEntry& entry : entries) {
    BYTEPATH_TRY(tensor, to_tensor(source.path(), std::move(entry), length_bytes + length));
    tensor.file = file;
    if (auto added = builder.add(std::move(tensor)); !added) return added;
  }
  return {};
}

// Which file of the model each location of an index is.
using FileNumbers = std::unordered_map<std::string_view, std::uint32_t>;

// Every name of the index has to be in the file that it says.
Result<> check_index(const ByteSource& source, const Model& model, const WeightMap& map,
                     const FileNumbers& numbers) {
  std::unordered_map<std::string_view, std::uint32_t> file_of;
  for (const Tensor& tensor : model.tensors) file_of.emplace(tensor.name, tensor.file);
  for (const auto& [name, location] : map) {
    const auto found = file_of.find(name);
    if (found == file_of.end() || numbers.find(location)->second != found->second) {
      return malformed(source.path(),
                       fmt::format("it says that tensor {} is in {}, where it is not",
                                   in_quotes(name), in_quotes(location)));
    }
  }
  return {};
}

}  // namespace

Result<Model> read_safetensors(const ByteSource& source) {
  ModelBuilder builder("safetensors");
  const std::uint32_t file = builder.add_file(source.file());
  if (auto added = add_tensors(builder, source, file); !added) {
    return std::unexpected(added.error());
  }
  return builder.finish();
}

Result<Model> read_safetensors_index(const ByteSource& source, const Opener& open) {
  if (source.size() > max_header_bytes) {
    return malformed(source.path(),
                     fmt::format("an index of more than {} bytes is not read", max_header_bytes));
  }
  ByteReader reader(source);
  BYTEPATH_TRY(text, reader.text(source.size(), "an index"));
  BYTEPATH_TRY(map, parse_weight_map(text, source.path()));
  ModelBuilder builder("safetensors");
  FileNumbers numbers;
  std::uint32_t files_read = 0;
  for (const auto& [name, location] : map) {
    if (numbers.contains(location)) continue;
    BYTEPATH_TRY(path, sibling_path(source.path(), location));
    auto file = open(path);
    if (!file) {
      return malformed(source.path(),
                       fmt::format("it says that {} holds tensors; {}", in_quotes(location),
                                   file.error().message),
                       "all files of a model have to lie in one folder");
    }
    const std::uint32_t number = builder.add_file((*file)->file());
    numbers.emplace(location, number);
    if (number < files_read) continue;  // another spelling of one that was read
    ++files_read;
    if (auto added = add_tensors(builder, **file, number); !added) {
      return std::unexpected(added.error());
    }
  }
  BYTEPATH_TRY(model, builder.finish());
  if (auto checked = check_index(source, model, map, numbers); !checked) {
    return std::unexpected(checked.error());
  }
  return std::move(model);
}

}  // namespace bytepath::weights
