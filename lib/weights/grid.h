#pragma once
#include "weights/byte_source.h"
#include "weights/model.h"

namespace bytepath::weights {

// The file in pieces of `bytes`, the last of them shorter, whatever it contains.
Result<Model> read_grid(const ByteSource& source, std::uint64_t bytes);

}  // namespace bytepath::weights
