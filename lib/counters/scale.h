#pragma once
#include <cstdint>

#include "counters/counter_set.h"

namespace bytepath::counters {

// What an event counted between two reads, all three by difference: the count, the nanoseconds in
// which it was enabled and those in which it was on a counter (PERF_FORMAT_TOTAL_TIME_*). Never
// enabled: 0. Enabled but never on a counter: NaN with running 0, since 0 would be a claim.
Reading scale(std::uint64_t count, std::uint64_t enabled_ns, std::uint64_t running_ns);

}  // namespace bytepath::counters
