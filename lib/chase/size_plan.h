#pragma once
#include <cstdint>
#include <vector>

namespace bytepath::chase {

inline constexpr std::uint64_t smallest_set = std::uint64_t{4} << 10;

// Ascending, `per_octave` to a power of two from 4 KiB to `most`, whole lines below 32 KiB, whole
// pages above, whole blocks of 64 KiB where groups are read.
std::vector<std::uint64_t> sizes_to(std::uint64_t most, unsigned per_octave);

}  // namespace bytepath::chase
