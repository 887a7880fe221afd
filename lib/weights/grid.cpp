#include "weights/grid.h"

#include <algorithm>

#include "base/units.h"
#include "weights/malformed.h"
#include "weights/model_builder.h"

namespace bytepath::weights {

Result<Model> read_grid(const ByteSource& source, std::uint64_t bytes) {
  const std::uint64_t pieces = source.size() / bytes + (source.size() % bytes != 0 ? 1 : 0);
  if (pieces > max_tensors) {
    // Powers of two, since that is what files are cut into.
    std::uint64_t enough = bytes;
    while (source.size() / enough >= max_tensors) enough *= 2;
    return malformed(source.path(),
                     fmt::format("a grid of {} cuts it into {} pieces, more than {}",
                                 format_size(bytes), pieces, max_tensors),
                     fmt::format("--grid {}", enough));
  }
  ModelBuilder builder("grid");
  const std::uint32_t file = builder.add_file(source.file());
  for (std::uint64_t offset = 0; offset < source.size(); offset += bytes) {
    const std::uint64_t size = std::min(bytes, source.size() - offset);
    if (auto added = builder.add({.name = fmt::format("{:#x}", offset),
                                  .type = "bytes",
                                  .shape = {size},
                                  .file = file,
                                  .offset = offset,
                                  .size = size});
        !added) {
      return std::unexpected(added.error());
    }
    if (bytes > source.size() - offset) break;
  }
  return builder.finish();
}

}  // namespace bytepath::weights
