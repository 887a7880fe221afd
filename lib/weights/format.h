#pragma once
#include <memory>

#include "weights/byte_source.h"
#include "weights/model.h"

namespace bytepath::weights {

// open_model for a file that is open already. `open` gives the other files of a model of several.
Result<Model> read_model(const ByteSource& source, const Opener& open,
                         const OpenOptions& options = {});

}  // namespace bytepath::weights
