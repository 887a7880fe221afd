#pragma once
#include "weights/model.h"

namespace bytepath::weights {

// Sets Tensor::experts of the tensors that hold all experts of a layer: those of three and more
// dimensions whose name says so, and in the same layer those with fewer dimensions (a scale or a
// bias for each expert) if they have as many. Names have to be read before.
void mark_stacked_experts(Model& model);

}  // namespace bytepath::weights
