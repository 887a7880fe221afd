#pragma once
#include <cstdint>

#include "base/result.h"
#include "mounts/mount_trace.h"
#include "mounts/piecewise.h"

namespace bytepath::chunks {

struct TraceEvents {
  std::uint64_t requests = 0;
  std::uint64_t stalls = 0;
  std::uint64_t transfers = 0;
  std::uint64_t bytes = 0;     // that the requests brought
  std::uint64_t left_out = 0;  // beyond the most that were asked for
};

inline constexpr std::uint64_t max_trace_events = 2'000'000;  // about 500 MB

// The trace in the JSON of the Trace Event Format, which ui.perfetto.dev and chrome://tracing open.
// A request is a pair of asynchronous events of the daemon ("b", "e": they overlap), a stall a
// complete event ("X") of the thread that waited, what came from sockets a counter ("C").
// Microseconds since the recording began. Source: "Trace Event Format", Google, of catapult.
Result<TraceEvents> write_trace_events(const mounts::MountTrace& trace, const mounts::Write& write,
                                       std::uint64_t most = max_trace_events);

}  // namespace bytepath::chunks
