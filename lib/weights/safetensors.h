#pragma once
#include "weights/byte_source.h"
#include "weights/model.h"

namespace bytepath::weights {

// One file in the format that the safetensors README describes.
Result<Model> read_safetensors(const ByteSource& source);

// All files that an index names.
Result<Model> read_safetensors_index(const ByteSource& source, const Opener& open);

}  // namespace bytepath::weights
