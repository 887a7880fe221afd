#pragma once
#include <cstdint>
#include <string_view>

namespace bytepath::weights {

// How ggml lays out a tensor's elements: `bytes` for each `elements` of a row.
struct GgmlType {
  std::uint32_t id = 0;
  std::string_view name;
  std::uint32_t elements = 1;
  std::uint32_t bytes = 0;
};

// Null: a type that came after this table, that a fork added, or that ggml no longer has.
const GgmlType* find_ggml_type(std::uint32_t id);

}  // namespace bytepath::weights
