#pragma once
#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "faults/command_line.h"
#include "faults/page_recorder.h"
#include "faults/tracer_choice.h"
#include "faults/watched_files.h"
#include "pages/page_file.h"
#include "result/document.h"

namespace bytepath::faults {

struct TraceOptions {
  Backend backend = Backend::automatic;
  bool calls = true;
  std::size_t ring_bytes = std::size_t{64} << 20;
  intercept::Policy policy = intercept::Policy::as_is;  // of a command's mappings
  bool quiet_command = false;                           // its output goes nowhere
  std::string trace_file;                               // empty: none
  std::vector<pages::FilePages> touched;  // exact pages of an earlier run of `touch`, by path
};

// What came of a run that went wrong on the way: the document holds what was seen until then.
struct TracedRun {
  result::Document document;
  std::optional<Error> error;             // the trace file could not be written
  int signal = 0;                         // that ended the command
  std::size_t mapped_files = 0;           // of the watched files
  std::uint64_t read_by_calls = 0;        // bytes of watched files that were read by system calls
  std::vector<PageRecorder::Flaw> flaws;  // what could not be looked at
};

// Runs the command under a tracer. `progress` returning false ends it.
Result<TracedRun> trace_command(WatchedFiles watched, const CommandLine& command,
                                const TraceOptions& options, const Progress& progress);

// Traces a process that runs, until it ends, the time is over or `progress` returns false.
Result<TracedRun> trace_process(WatchedFiles watched, pid_t process,
                                std::optional<std::chrono::nanoseconds> duration,
                                const TraceOptions& options, const Progress& progress);

}  // namespace bytepath::faults
