#pragma once
#include <string>

#include "mounts/mount_trace.h"
#include "result/document.h"

namespace bytepath::chunks {

// What happened on a mount in one interval, as `chunk-probe live` shows it.
struct LiveFigures {
  double seconds = 0;
  std::uint64_t reads = 0;
  std::uint64_t read_bytes = 0;
  std::uint64_t other_requests = 0;  // to the daemon
  std::uint64_t errors = 0;
  double read_p50_ns = 0;  // 0: there was none
  double read_most_ns = 0;
  std::uint64_t pages = 0;  // accessed, on the mount that the application sees
  std::uint64_t missed = 0;
  double stall_ns = 0;         // of all threads
  std::uint64_t received = 0;  // by the daemon, from others
};

LiveFigures live_figures(const mounts::MountTrace& interval);

// One line of text, under live_head().
std::string live_line(const LiveFigures& figures);
std::string live_head();

}  // namespace bytepath::chunks
