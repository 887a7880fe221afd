#include "lazyfs/placement.h"

#include <algorithm>
#include <cassert>

#define XXH_INLINE_ALL  // NOLINT(readability-identifier-naming): theirs
#include <xxhash.h>

namespace bytepath::lazyfs {

std::vector<std::size_t> place(std::string_view key, std::size_t nodes, std::size_t wanted) {
  assert(wanted <= nodes);
  std::vector<std::uint64_t> scores(nodes);
  std::vector<std::size_t> order(nodes);
  for (std::size_t node = 0; node < nodes; ++node) {
    scores[node] = XXH3_64bits_withSeed(key.data(), key.size(), node);
    order[node] = node;
  }
  const auto end = order.begin() + static_cast<std::ptrdiff_t>(wanted);
  std::ranges::partial_sort(
      order, end, [&](std::size_t one, std::size_t other) { return scores[one] > scores[other]; });
  order.erase(end, order.end());
  return order;
}

}  // namespace bytepath::lazyfs
