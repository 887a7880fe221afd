#pragma once
#include <cerrno>

namespace bytepath::trace {

// Of perf_event_open(2) for one CPU after another: is it the CPU that is refused, on which then
// nothing can run? It is off (ENODEV); or the list names one that the kernel has not, for which it
// refuses what it took for another (EINVAL of perf_event_alloc(), kernel/events/core.c). taken: was
// this very event opened for a CPU before.
constexpr bool cpu_is_not_there(int error, bool taken) {
  return error == ENODEV || (error == EINVAL && taken);
}

}  // namespace bytepath::trace
