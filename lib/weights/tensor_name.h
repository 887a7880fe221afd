#pragma once
#include <string_view>

namespace bytepath::weights {

// What a tensor's name says of its place in the model. The words are those of GGUF ("blk.7.") and
// of the module trees that PyTorch writes ("model.layers.7.", "transformer.h.7.").
struct NameParts {
  int layer = -1;   // -1: of none
  int expert = -1;  // the tensor belongs to this expert alone; -1: to none
  // The tensor may hold all experts of its layer: "blk.7.ffn_up_exps.weight", whose experts are the
  // last dimension, or "model.layers.7.mlp.experts.gate_up_proj", where they are the first.
  enum class Stack { none, last_dimension, first_dimension } stack = Stack::none;
};

NameParts read_tensor_name(std::string_view name);

}  // namespace bytepath::weights
