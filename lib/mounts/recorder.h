#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "mounts/mount_stack.h"
#include "mounts/mount_trace.h"
#include "process/spawn.h"

namespace bytepath::mounts {

// Which parts are recorded; each costs something.
struct Levels {
  bool requests = true;  // "fuse": what the kernel asks the daemon
  bool cache = true;     // "cache": the page cache
  bool upstream = true;  // "upstream": what the daemon asks others
};

struct RecordOptions {
  std::string mount;  // as the user names it
  Levels levels;
  std::vector<std::string> command;                 // empty: watch until the time is over
  std::optional<process::Credentials> credentials;  // whose rights the command gets
  bool quiet_command = false;                       // its output goes nowhere
  pid_t process = 0;                                // watch this one, and its children
  std::string cgroup;          // or those of a control group: a folder of /sys/fs/cgroup
  std::vector<pid_t> daemons;  // besides those that answer requests
  std::optional<std::chrono::nanoseconds> duration;
  std::size_t ring_bytes = std::size_t{32} << 20;
  std::string output;   // the trace file; empty: none, the trace stays in memory
  std::string version;  // of this program
};

struct Recording {
  MountTrace trace;  // with an output only what is known at its end
  MountStack stack;
  bool interrupted = false;
  bool vanished = false;       // the mount, while it was recorded
  std::optional<Error> error;  // the trace file could not be written to its end
};

// Records what happens on a mount while a command, a process or time runs. `progress` returning
// false ends it. Errors: usage (no mount point; no such command, process or control group), denied
// or unsupported (BPF, tracepoints), failed.
Result<Recording> record(const RecordOptions& options, const Progress& progress);

}  // namespace bytepath::mounts
