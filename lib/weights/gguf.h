#pragma once
#include "weights/byte_source.h"
#include "weights/model.h"

namespace bytepath::weights {

// The model of a GGUF file, with all its parts when it is one of "name-00001-of-00003.gguf".
Result<Model> read_gguf(const ByteSource& source, const Opener& open);

}  // namespace bytepath::weights
