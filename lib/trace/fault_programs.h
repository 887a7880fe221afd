#pragma once
#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"
#include "fault_tracer.skel.h"
#include "trace/bpf_session.h"
#include "trace/fault_tracer.h"

// The BPF programs of fault_tracer.bpf.c, of which most may be missing.
namespace bytepath::trace {

inline constexpr const char* without_bpf = "faults can also be traced by perf events, without BPF";

// A program without which the tracer goes on.
struct OptionalProgram {
  bpf_program* program;
  bpf_link** link;
  const char* tracepoint;
  const char* missing;  // what is, without it
  bool wanted;
};

inline constexpr std::size_t optional_count = 7;
std::array<OptionalProgram, optional_count> optional_programs(fault_tracer_bpf& skeleton,
                                                              const TracerOptions& options);

// Adds what is missing, and why, once.
void lack(std::vector<MissingPart>& missing, const OptionalProgram& program, std::string reason);

// Loads what is wanted and what this kernel takes. `ring`: the map that the programs write to.
Result<Skeleton<fault_tracer_bpf>> load_fault_programs(const TracerOptions& options, int ring,
                                                       std::vector<MissingPart>& missing);

// From now on; until then the programs look away.
void trace_root(fault_tracer_bpf& skeleton);

// What a kernel that refuses it all is too old for.
Error explain(Error error);

}  // namespace bytepath::trace
