#include "weights/model_builder.h"

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <unordered_set>

#include "weights/malformed.h"
#include "weights/stacked_experts.h"
#include "weights/tensor_name.h"

namespace bytepath::weights {

std::uint32_t ModelBuilder::add_file(const ModelFile& file) {
  // Also of a file that is known: links give it any number of paths, and the caller keeps them.
  name_bytes_ += file.path.size();
  FileIdentity identity(file.device, file.inode, "");
  if (file.device == 0 && file.inode == 0) {
    std::get<std::string>(identity) = std::filesystem::path(file.path).lexically_normal().string();
  }
  const auto next = static_cast<std::uint32_t>(model_.files.size());
  const auto [known, added] = file_numbers_.try_emplace(std::move(identity), next);
  if (added) model_.files.push_back(file);
  return known->second;
}

Result<> ModelBuilder::add(Tensor tensor) {
  const ModelFile& file = model_.files[tensor.file];
  if (tensor.offset > file.size || tensor.size > file.size - tensor.offset) {
    return malformed(file.path,
                     fmt::format("tensor {} has {} bytes from byte {} on, and the file ends at {}",
                                 in_quotes(tensor.name), tensor.size, tensor.offset, file.size),
                     "is it cut short, or still being downloaded?");
  }
  name_bytes_ += tensor.name.size() + tensor.shape.size() * sizeof(std::uint64_t);
  if (model_.tensors.size() >= max_tensors || name_bytes_ > max_header_bytes) {
    return malformed(file.path, fmt::format("there are more than {} tensors, or their names and "
                                            "those of their files take more than {} bytes",
                                            max_tensors, max_header_bytes));
  }
  model_.tensors.push_back(std::move(tensor));
  return {};
}

Result<> ModelBuilder::check_names() const {
  std::unordered_set<std::string_view> names;
  names.reserve(model_.tensors.size());
  for (const Tensor& tensor : model_.tensors) {
    if (!names.insert(tensor.name).second) {
      return malformed(model_.files[tensor.file].path,
                       fmt::format("there are two tensors {}", in_quotes(tensor.name)));
    }
  }
  return {};
}

void ModelBuilder::join_shared() {
  std::vector<Tensor> joined;
  joined.reserve(model_.tensors.size());
  for (Tensor& tensor : model_.tensors) {
    if (!joined.empty() && tensor.size > 0 && joined.back().file == tensor.file &&
        joined.back().offset == tensor.offset && joined.back().size == tensor.size) {
      joined.back().name += " = " + tensor.name;
    } else {
      joined.push_back(std::move(tensor));
    }
  }
  model_.tensors = std::move(joined);
}

Result<> ModelBuilder::check_overlaps() const {
  const Tensor* before = nullptr;
  for (const Tensor& tensor : model_.tensors) {
    if (tensor.size == 0) continue;
    if (before != nullptr && before->file == tensor.file &&
        before->offset + before->size > tensor.offset) {
      return malformed(model_.files[tensor.file].path, tensor.offset,
                       fmt::format("tensor {} begins within tensor {}, which ends at byte {}",
                                   in_quotes(tensor.name), in_quotes(before->name),
                                   before->offset + before->size));
    }
    before = &tensor;
  }
  return {};
}

Result<Model> ModelBuilder::finish(SharedBytes shared) {
  std::ranges::sort(model_.tensors, {}, [](const Tensor& tensor) {
    return std::tuple(tensor.file, tensor.offset, tensor.size, std::string_view(tensor.name));
  });
  if (auto checked = check_names(); !checked) return std::unexpected(checked.error());
  if (shared == SharedBytes::allowed) join_shared();
  if (auto checked = check_overlaps(); !checked) return std::unexpected(checked.error());
  for (Tensor& tensor : model_.tensors) {
    const NameParts parts = read_tensor_name(tensor.name);
    tensor.layer = parts.layer;
    tensor.expert = parts.expert;
  }
  mark_stacked_experts(model_);
  std::uint64_t slices = 0;
  for (const Tensor& tensor : model_.tensors) slices += tensor.experts;
  if (slices > max_tensors) {
    return malformed(
        model_.files.front().path,
        fmt::format("its tensors say that they hold {} slices of experts, more than {}", slices,
                    max_tensors));
  }
  return std::move(model_);
}

}  // namespace bytepath::weights
