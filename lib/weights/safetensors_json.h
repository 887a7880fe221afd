#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace bytepath::weights {

// One entry of a safetensors header: {"name": {"dtype": .., "shape": [..], "data_offsets": [..]}}.
struct SafetensorsEntry {
  std::string name;
  std::string type;
  std::vector<std::uint64_t> shape;
  std::uint64_t begin = 0;  // from the end of the header
  std::uint64_t end = 0;
};

// The header of the file of that path, which begins at byte `place` of it. Read as a stream of
// events: no tree is built, nothing but the entries is kept, and a name that comes twice comes
// twice.
Result<std::vector<SafetensorsEntry>> parse_safetensors_header(std::string_view text,
                                                               std::string_view path,
                                                               std::uint64_t place);

// Tensor names with the file that each is in, of "model.safetensors.index.json". Unsupported: JSON,
// but without a "weight_map".
using WeightMap = std::vector<std::pair<std::string, std::string>>;
Result<WeightMap> parse_weight_map(std::string_view text, std::string_view path);

}  // namespace bytepath::weights
