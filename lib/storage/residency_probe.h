#pragma once
#include <cstdint>

#include "base/descriptor.h"
#include "base/result.h"
#include "pages/file_mapping.h"

namespace bytepath::storage {

// Asks mincore(2) whether bytes of a file are in the page cache. Touches nothing.
class ResidencyProbe {
 public:
  // Of the file's first `bytes`. Error (denied): the kernel tells only owners and writers.
  static Result<ResidencyProbe> open(const Descriptor& file, std::uint64_t bytes);

  // All of the pages that these bytes lie on.
  bool has(std::uint64_t offset, std::uint64_t bytes) const;
  // How much of it all, 0 to 1.
  double share() const;

 private:
  explicit ResidencyProbe(pages::FileMapping mapping) : mapping_(std::move(mapping)) {}
  std::uint64_t count(std::uint64_t first, std::uint64_t pages) const;

  pages::FileMapping mapping_;
};

}  // namespace bytepath::storage
