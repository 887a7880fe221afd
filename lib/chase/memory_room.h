#pragma once
#include <cstdint>
#include <optional>

#include "base/root.h"

namespace bytepath::chase {

// How much memory a probe may use without taking it from others: MemAvailable of /proc/meminfo,
// and no more than its control groups leave. Nothing where neither is known.
std::optional<std::uint64_t> memory_room(const Root& root);

}  // namespace bytepath::chase
