#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "weights/model.h"

namespace bytepath::weights {

// A stretch of a file of which pages, faults and time are counted separately: a tensor, one
// expert's slice of a tensor, or what lies between tensors (header, padding), so that all ranges of
// a file together are the file.
struct Range {
  static constexpr std::uint32_t no_tensor = UINT32_MAX;
  std::uint32_t file = 0;
  std::uint32_t tensor = no_tensor;  // of Model::tensors; no_tensor: between tensors
  int layer = -1;
  int expert = -1;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;  // never 0
};

// The ranges of a model, by file, then by offset, without gap or overlap.
class RangeIndex {
 public:
  explicit RangeIndex(const Model& model);

  std::span<const Range> ranges() const { return ranges_; }
  // Those of one file.
  std::span<const Range> of_file(std::uint32_t file) const;

 private:
  std::vector<Range> ranges_;
  std::vector<std::size_t> first_of_file_;  // one more than there are files
};

}  // namespace bytepath::weights
