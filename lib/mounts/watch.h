#pragma once
#include <chrono>
#include <cstdint>
#include <functional>

#include "base/progress.h"
#include "base/result.h"
#include "mounts/recorder.h"

namespace bytepath::mounts {

struct WatchOptions {
  RecordOptions what;  // its mount, levels, daemons and ring; it runs and writes nothing
  std::chrono::nanoseconds interval{};
  std::uint64_t rounds = 0;  // 0: until progress returns false, or the mount goes away
};

// What happened in one interval, from begin_ns to end_ns. Losses are those since the begin. Files,
// peers and processes that were told before are not told again.
using WatchSink = std::function<void(const MountTrace& interval)>;

// Errors: as record().
Result<> watch(const WatchOptions& options, const WatchSink& sink, const Progress& progress);

}  // namespace bytepath::mounts
