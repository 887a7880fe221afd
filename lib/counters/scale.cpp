#include "counters/scale.h"

#include <limits>

namespace bytepath::counters {

Reading scale(std::uint64_t count, std::uint64_t enabled_ns, std::uint64_t running_ns) {
  if (enabled_ns == 0) return {.value = 0, .running = 1};
  if (running_ns == 0) return {.value = std::numeric_limits<double>::quiet_NaN(), .running = 0};
  const auto value = static_cast<double>(count);
  if (running_ns >= enabled_ns) return {.value = value, .running = 1};
  const double running = static_cast<double>(running_ns) / static_cast<double>(enabled_ns);
  return {.value = value / running, .running = running};
}

}  // namespace bytepath::counters
