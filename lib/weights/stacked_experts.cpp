#include "weights/stacked_experts.h"

#include <unordered_map>

#include "weights/tensor_name.h"

namespace bytepath::weights {
namespace {

// The largest models of 2025 have 512; more is no expert's dimension.
constexpr std::uint64_t most_experts = 4096;

// How many equal slices the tensor has along the dimension of its experts; 0: none.
std::uint32_t slices_of(const Tensor& tensor) {
  const auto stack = read_tensor_name(tensor.name).stack;
  if (stack == NameParts::Stack::none || tensor.shape.empty() || tensor.expert >= 0) return 0;
  const std::uint64_t count =
      stack == NameParts::Stack::last_dimension ? tensor.shape.back() : tensor.shape.front();
  const bool sliced =
      count > 1 && count <= most_experts && tensor.size > 0 && tensor.size % count == 0;
  return sliced ? static_cast<std::uint32_t>(count) : 0;
}

}  // namespace

void mark_stacked_experts(Model& model) {
  constexpr std::size_t dimensions_of_weights = 3;  // rows, columns, experts
  std::unordered_map<int, std::uint32_t> experts_of_layer;
  for (Tensor& tensor : model.tensors) {
    if (tensor.shape.size() < dimensions_of_weights) continue;
    tensor.experts = slices_of(tensor);
    if (tensor.experts != 0) experts_of_layer[tensor.layer] = tensor.experts;
  }
  for (Tensor& tensor : model.tensors) {
    if (tensor.shape.size() >= dimensions_of_weights) continue;
    const auto found = experts_of_layer.find(tensor.layer);
    const std::uint32_t slices = slices_of(tensor);
    if (found != experts_of_layer.end() && found->second == slices) tensor.experts = slices;
  }
}

}  // namespace bytepath::weights
