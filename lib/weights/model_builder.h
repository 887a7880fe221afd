#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <tuple>

#include "weights/byte_source.h"
#include "weights/model.h"

namespace bytepath::weights {

// Two tensors in one place: only where a format lets one stretch of a file have several names.
enum class SharedBytes { refused, allowed };

// Gathers what a parser finds, and is the one place that holds a model to what model.h promises:
// every tensor within its file, none overlapping another, each name once, all of it bounded.
class ModelBuilder {
 public:
  explicit ModelBuilder(std::string format) { model_.format = std::move(format); }

  // The number by which tensors name it. A file that is there already, under whatever path, keeps
  // the number it has: as two files its tensors would not be held against each other.
  std::uint32_t add_file(const ModelFile& file);
  // The tensor's bytes lie in Tensor::file.
  Result<> add(Tensor tensor);
  std::size_t tensor_count() const { return model_.tensors.size(); }

  // Sorts, checks, and reads layers and experts from the names.
  Result<Model> finish(SharedBytes shared = SharedBytes::refused);

 private:
  Result<> check_names() const;
  Result<> check_overlaps() const;
  void join_shared();

  // Device and inode; of bytes in memory, which have neither, the path.
  using FileIdentity = std::tuple<std::uint64_t, std::uint64_t, std::string>;

  Model model_;
  std::map<FileIdentity, std::uint32_t> file_numbers_;
  std::uint64_t name_bytes_ = 0;
};

}  // namespace bytepath::weights
