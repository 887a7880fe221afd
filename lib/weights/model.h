#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

// A model's weights as named ranges of files: what turns "page 81,234 was touched" into "expert 7
// of layer 3 was".
namespace bytepath::weights {

struct ModelFile {
  std::string path;  // as it was opened: beside the file that names it, where an index does
  std::uint64_t size = 0;
  std::uint64_t device = 0;  // st_dev and st_ino of stat(2)
  std::uint64_t inode = 0;
};

// Bytes [offset, offset + size) of a file. Tensors of a file do not overlap.
struct Tensor {
  std::string name;  // "a = b" where a format lets the same bytes have two names (ONNX)
  std::string type;  // in the format's own words: "Q8_0", "BF16"
  std::vector<std::uint64_t> shape;  // in the order in which the format writes it
  std::uint32_t file = 0;            // of Model::files
  std::uint64_t offset = 0;          // from the beginning of the file
  std::uint64_t size = 0;
  int layer = -1;             // the number in "blk.7." or "model.layers.7."; -1: of none
  int expert = -1;            // of a tensor that belongs to one expert alone; -1: of none
  std::uint32_t experts = 0;  // of a tensor that holds this many experts, one after the other in
                              // equal slices of size / experts bytes; 0: it holds none
};

struct Model {
  std::string format;            // "gguf", "safetensors", "onnx", "pytorch" or "grid"
  std::vector<ModelFile> files;  // of a split model all its parts
  std::vector<Tensor> tensors;   // by file, then by offset
};

struct OpenOptions {
  // Not 0: no format is looked for; the file is cut into "tensors" of this many bytes, named by
  // their offsets.
  std::uint64_t grid = 0;
};

// The model that a file belongs to. GGUF 2 and 3 (of a split model any part: the others are looked
// for beside it), safetensors or its index ("model.safetensors.index.json"), ONNX (with its
// external data), a zip as torch.save writes it (entries, since names would need its pickle run).
// Errors: it cannot be read (usage: no such file, a folder; denied; failed otherwise); it is none
// of these (unsupported, whose hint is the grid); what it says of itself cannot be so (usage,
// naming the file, the place and the reason). Memory is bounded by the size of a header, at most
// max_header_bytes.
Result<Model> open_model(const std::string& path, const OpenOptions& options = {});

// The reference reader of safetensors refuses a larger header; no GGUF with its vocabulary comes
// near it.
inline constexpr std::uint64_t max_header_bytes = 100'000'000;
inline constexpr std::uint64_t max_tensors = 1'000'000;

}  // namespace bytepath::weights
