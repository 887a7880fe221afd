#include "chase/chain.h"

#include <cstring>

namespace bytepath::chase {

std::vector<std::size_t> random_lap(std::size_t bytes, std::size_t slot_bytes,
                                    stats::Random& random) {
  const std::size_t lines = slot_bytes / line_bytes;
  std::vector<std::size_t> places = random.permutation(bytes / slot_bytes);
  for (auto& place : places) place = place * slot_bytes + random.below(lines) * line_bytes;
  return places;
}

void* link_places(std::byte* begin, std::span<const std::size_t> places) {
  if (places.empty()) return nullptr;
  for (std::size_t i = 0; i < places.size(); ++i) {
    std::byte* const next = begin + places[i + 1 == places.size() ? 0 : i + 1];
    std::memcpy(begin + places[i], static_cast<const void*>(&next), sizeof next);
  }
  return begin + places.front();
}

}  // namespace bytepath::chase
