#pragma once
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "process/spawn.h"
#include "trace/access_tracer.h"
#include "trace/missing_part.h"

namespace bytepath::storage {

struct TraceOptions {
  std::vector<std::string> command;                  // with its children; or
  pid_t process = 0;                                 // this one, with its threads
  std::optional<process::Credentials> credentials;   // whose rights the command gets
  bool quiet_command = false;                        // its output goes nowhere
  std::optional<std::chrono::nanoseconds> duration;  // of a process: no longer than this
};

struct TracedProcess {
  trace::TracedAccesses accesses;
  std::vector<trace::MissingPart> missing;
  double wall_ns = 0;
  std::optional<process::SpawnOutcome> outcome;  // of a command
  bool interrupted = false;
};

// Labels what a command or a process reads, until it ends, the time is over or progress says so.
// Errors: usage (no such command or process), denied or unsupported (BPF, tracepoints), failed.
Result<TracedProcess> trace_process(const TraceOptions& options, const Progress& progress);

}  // namespace bytepath::storage
