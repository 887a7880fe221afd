#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "stats/random.h"

// Pointers that a chase follows: through every one of their places once, in random order, so that
// no prefetcher sees a pattern, and round again.
namespace bytepath::chase {

inline constexpr std::size_t line_bytes = 64;
// CPUs fetch the other line of an aligned pair of lines beside the one that is missed (Intel 64 and
// IA-32 Architectures Optimization Reference Manual, "spatial prefetcher"; seen on Zen 4 too): a
// chase through both finds half of them there already, 104 ns instead of 138.
inline constexpr std::size_t pair_bytes = 2 * line_bytes;

// Byte offsets from `begin`, one in each `slot_bytes` of `bytes`, at a random line of its slot: the
// order of one lap.
std::vector<std::size_t> random_lap(std::size_t bytes, std::size_t slot_bytes,
                                    stats::Random& random);

// Writes into each place the address of the next one. Returns the first; null for no places.
void* link_places(std::byte* begin, std::span<const std::size_t> places);

}  // namespace bytepath::chase
