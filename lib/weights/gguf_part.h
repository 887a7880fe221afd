#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "weights/byte_source.h"
#include "weights/model.h"

namespace bytepath::weights {

// One file in GGUF. Layout and key names: ggml's docs/gguf.md; those of split files:
// llama.cpp's src/llama-arch.cpp.
struct GgufPart {
  std::vector<Tensor> tensors;  // of file 0, as they come in the header
  // "split.count", "split.no" (from 0) and "split.tensors.count" (over all parts).
  std::optional<std::uint64_t> part_count;
  std::optional<std::uint64_t> part_number;
  std::optional<std::uint64_t> tensors_of_all_parts;
};

Result<GgufPart> read_gguf_part(const ByteSource& source);

}  // namespace bytepath::weights
