#include "weights/range_index.h"

#include <algorithm>

namespace bytepath::weights {
namespace {

void append(std::vector<Range>& ranges, Range range) {
  if (range.size > 0) ranges.push_back(range);
}

void append_tensor(std::vector<Range>& ranges, const Tensor& tensor, std::uint32_t number) {
  const std::uint32_t slices = std::max(tensor.experts, 1U);
  const std::uint64_t slice = tensor.size / slices;
  for (std::uint32_t i = 0; i < slices; ++i) {
    append(ranges, {.file = tensor.file,
                    .tensor = number,
                    .layer = tensor.layer,
                    .expert = tensor.experts > 0 ? static_cast<int>(i) : tensor.expert,
                    .offset = tensor.offset + i * slice,
                    .size = slice});
  }
}

}  // namespace

RangeIndex::RangeIndex(const Model& model) {
  std::size_t next = 0;
  for (std::uint32_t file = 0; file < model.files.size(); ++file) {
    first_of_file_.push_back(ranges_.size());
    std::uint64_t covered = 0;
    for (; next < model.tensors.size() && model.tensors[next].file == file; ++next) {
      const Tensor& tensor = model.tensors[next];
      if (tensor.size == 0) continue;
      append(ranges_, {.file = file, .offset = covered, .size = tensor.offset - covered});
      append_tensor(ranges_, tensor, static_cast<std::uint32_t>(next));
      covered = tensor.offset + tensor.size;
    }
    append(ranges_, {.file = file, .offset = covered, .size = model.files[file].size - covered});
  }
  first_of_file_.push_back(ranges_.size());
}

std::span<const Range> RangeIndex::of_file(std::uint32_t file) const {
  if (file + std::size_t{1} >= first_of_file_.size()) return {};
  return std::span(ranges_).subspan(first_of_file_[file],
                                    first_of_file_[file + 1] - first_of_file_[file]);
}

}  // namespace bytepath::weights
