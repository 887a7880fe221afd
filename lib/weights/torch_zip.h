#pragma once
#include "weights/byte_source.h"
#include "weights/model.h"

namespace bytepath::weights {

// A zip as torch.save writes it: storages are its entries "NAME/data/0", "NAME/data/1", ..., not
// compressed. Which tensor is which part of a storage stands in a pickle, which is a program: it is
// not run. Unsupported: a zip without such entries.
Result<Model> read_torch_zip(const ByteSource& source);

}  // namespace bytepath::weights
