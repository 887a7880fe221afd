#include "storage/labels.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace bytepath::storage {

const char* tier_name(Tier tier) {
  static constexpr std::array<const char*, bytepath_tier_count> names = {
      "page cache",      "readahead",         "memory", "no I/O",
      "FUSE attributes", "FUSE page cache",   "FUSE",   "block device",
      "swap device",     "FUSE block device", "other"};
  return tier >= 0 && tier < bytepath_tier_count ? names.at(static_cast<std::size_t>(tier)) : "";
}

bool is_hit(Tier tier) {
  return tier == bytepath_tier_cache || tier == bytepath_tier_readahead ||
         tier == bytepath_tier_fuse_attributes;
}

Tier tier_of_miss(Behind behind) {
  switch (behind) {
    case Behind::block_device:
      return bytepath_tier_block;
    case Behind::fuse:
      return bytepath_tier_fuse;
    default:
      return bytepath_tier_other;
  }
}

bool usage_tells_miss(const rusage& before, const rusage& after) {
  return after.ru_inblock != before.ru_inblock || after.ru_majflt != before.ru_majflt ||
         after.ru_nvcsw != before.ru_nvcsw;
}

double guess_border(std::span<const double> times) {
  // Two tiers that are less than this apart are one.
  constexpr double least_ratio = 3;
  std::vector<double> logs;
  for (const double time : times) logs.push_back(std::log(std::max(time, 1.0)));
  std::ranges::sort(logs);
  double sum = 0;
  for (const double log : logs) sum += log;
  const auto count = static_cast<double>(logs.size());
  double below = 0;
  double best = 0;
  double border = std::numeric_limits<double>::infinity();
  for (std::size_t i = 1; i < logs.size(); ++i) {
    below += logs[i - 1];
    if (logs[i] == logs[i - 1]) continue;
    const auto low = static_cast<double>(i);
    const double high = count - low;
    const double distance = (sum - below) / high - below / low;
    const double variance = low * high * distance * distance;
    if (variance <= best) continue;
    best = variance;
    border = distance < std::log(least_ratio) ? std::numeric_limits<double>::infinity()
                                              : std::exp((logs[i] + logs[i - 1]) / 2);
  }
  return border;
}

}  // namespace bytepath::storage
