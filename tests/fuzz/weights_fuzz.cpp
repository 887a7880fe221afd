#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <span>
#include <string_view>

#include "weights/format.h"
#include "weights/range_index.h"

namespace {

using namespace bytepath;
using namespace bytepath::weights;

void require(bool holds) {
  if (!holds) std::abort();
}

// A safetensors file without its data.
constexpr char other_safetensors[] =
    "\x39\0\0\0\0\0\0\0{\"other\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}";

// What readers of a model, a report above all, rely on without a look.
void check(const Model& model) {
  std::set<std::filesystem::path> paths;  // a file of two numbers would hide an overlap
  for (const ModelFile& file : model.files) {
    require(paths.insert(std::filesystem::path(file.path).lexically_normal()).second);
  }
  std::set<std::string_view> names;
  const Tensor* before = nullptr;
  for (const Tensor& tensor : model.tensors) {
    require(tensor.file < model.files.size());
    const std::uint64_t file_size = model.files[tensor.file].size;
    require(tensor.offset <= file_size && tensor.size <= file_size - tensor.offset);
    require(names.insert(tensor.name).second);
    require(tensor.experts == 0 || (tensor.expert < 0 && tensor.size % tensor.experts == 0));
    if (before != nullptr && before->file == tensor.file && tensor.size > 0 && before->size > 0) {
      require(before->offset + before->size <= tensor.offset);
    }
    require(before == nullptr || before->file <= tensor.file);
    before = &tensor;
  }
  const RangeIndex index(model);
  for (std::uint32_t file = 0; file < model.files.size(); ++file) {
    std::uint64_t end = 0;
    for (const Range& range : index.of_file(file)) {
      require(range.offset == end && range.size > 0);
      end += range.size;
    }
    require(end == model.files[file].size);
  }
}

}  // namespace

// The first byte picks the name of the file, and with it what a broken one is taken for. The second
// says how many pages of zeros follow as data, in the file itself or in that of an ONNX model, so
// that a seed is its header alone. Other parts of a split model are the input again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t head_bytes = 2;
  constexpr std::uint64_t padding_unit = 4096;
  static constexpr std::array<const char*, 6> paths = {
      "fuzz.gguf", "fuzz-00001-of-00002.gguf", "fuzz.safetensors", "fuzz.index.json", "fuzz.onnx",
      "fuzz.pt"};
  if (size < head_bytes) return 0;
  const std::string path = paths[data[0] % paths.size()];
  const std::uint64_t padding = data[1] * padding_unit;
  const auto bytes = std::as_bytes(std::span(data + head_bytes, size - head_bytes));
  const bool header_first = path.ends_with(".gguf") || path.ends_with(".safetensors");
  const MemorySource source(path, bytes, header_first ? padding : 0);
  const Opener open = [&](const std::string& name) -> Result<std::unique_ptr<ByteSource>> {
    if (name.ends_with(".gguf")) return std::make_unique<MemorySource>(name, bytes, padding);
    const auto other = std::as_bytes(std::span(other_safetensors, sizeof other_safetensors - 1));
    return std::make_unique<MemorySource>(name, other, name.ends_with(".data") ? padding : 4);
  };
  const auto model = read_model(source, open, {.grid = 0});
  if (model) {
    check(*model);
    return 0;
  }
  const Error& error = model.error();
  require(error.kind == ErrorKind::usage || error.kind == ErrorKind::unsupported);
  require(error.message.starts_with("cannot read ") && !error.hint.empty());
  const auto control = [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; };
  require(std::ranges::none_of(error.message, control));
  return 0;
}
