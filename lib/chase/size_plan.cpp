#include "chase/size_plan.h"

#include <cmath>

#include "chase/latency_probes.h"

namespace bytepath::chase {

namespace {

std::uint64_t unit_at(double bytes) {
  constexpr std::uint64_t lines = 512;
  constexpr std::uint64_t page = 4096;
  constexpr std::uint64_t block = std::uint64_t{64} << 10;
  if (bytes < 8 * page) return lines;
  return bytes <= group_bytes ? page : block;
}

}  // namespace

std::vector<std::uint64_t> sizes_to(std::uint64_t most, unsigned per_octave) {
  std::vector<std::uint64_t> sizes;
  for (unsigned i = 0;; ++i) {
    const double exact =
        static_cast<double>(smallest_set) * std::exp2(static_cast<double>(i) / per_octave);
    if (exact > static_cast<double>(most) * 1.0001) break;
    const std::uint64_t unit = unit_at(exact);
    const std::uint64_t size = (static_cast<std::uint64_t>(exact) + unit / 2) / unit * unit;
    if (sizes.empty() || size > sizes.back()) sizes.push_back(size);
  }
  return sizes;
}

}  // namespace bytepath::chase
