#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

namespace bytepath::lazyfs {

// The nodes that hold a key's `wanted` shards, in the order of the shards, all different: those
// that score highest for it (rendezvous hashing: Thaler and Ravishankar, "Using name-based mappings
// to increase hit rates", 1998). A node more or less moves only what it gets or had.
std::vector<std::size_t> place(std::string_view key, std::size_t nodes, std::size_t wanted);

}  // namespace bytepath::lazyfs
