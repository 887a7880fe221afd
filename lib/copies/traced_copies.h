#pragma once
#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "copies/copy_sites.h"
#include "copies/exact_cost.h"
#include "process/spawn.h"
#include "result/document.h"
#include "trace/copy_counter.h"
#include "trace/copy_sampler.h"

// memcpy-probe trace: who is within a rep movs, at which distance.
namespace bytepath::copies {

struct TraceOptions {
  std::vector<std::string> command;                 // with its children; or
  pid_t process = 0;                                // this one, with its threads; or the whole host
  std::optional<process::Credentials> credentials;  // whose rights the command gets
  bool quiet_command = false;                       // its output goes nowhere
  // No longer than this; a command then gets SIGTERM.
  std::optional<std::chrono::nanoseconds> duration;
  unsigned rate = 0;   // samples a second and CPU
  bool exact = false;  // also count each copy that libc makes by rep movsb

  bool whole_host() const { return command.empty() && process == 0; }
};

// An overhead that nobody measures, of all processes: less than a thousandth of a CPU (each sample
// takes some 2 us).
inline constexpr unsigned whole_host_rate = 199;
inline constexpr unsigned process_rate = 999;  // no multiple of what programs do a second

struct ExactPart {
  std::string libc;  // its path
  trace::ExactCopies copies;
  std::optional<ExactCost> cost;
};

struct TracedCopies {
  trace::CopySamples samples;
  NamedCopies named;
  std::optional<ExactPart> exact;
  double wall_ns = 0;
  std::optional<process::SpawnOutcome> outcome;  // of a command
  bool interrupted = false;
  bool ended_by_duration = false;  // the command was ended by us, and its status says nothing
  std::vector<result::NotMeasured> not_measured;
};

// Errors: usage (no such command or process), denied (with the capabilities that are lacking),
// unsupported, failed.
Result<TracedCopies> trace_copies(const TraceOptions& options, const Progress& progress);

// Pure: what to say to who may not load BPF programs, by /proc/self/status and the path of this
// program.
Error explain_denied(Error error, const std::string& status_text, const std::string& program);

}  // namespace bytepath::copies
