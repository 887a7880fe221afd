#pragma once
#include <string>
#include <vector>

#include "base/result.h"
#include "fault_tracer.skel.h"
#include "trace/bpf_session.h"
#include "trace/fault_tracer.h"
#include "trace/optional_programs.h"

// The BPF programs of fault_tracer.bpf.c, of which most may be missing.
namespace bytepath::trace {

inline constexpr const char* without_bpf = "faults can also be traced by perf events, without BPF";

std::vector<OptionalProgram> optional_programs(fault_tracer_bpf& skeleton,
                                               const TracerOptions& options);

// Loads what is wanted and what this kernel takes. `ring`: the map that the programs write to.
Result<Skeleton<fault_tracer_bpf>> load_fault_programs(const TracerOptions& options, int ring,
                                                       std::vector<MissingPart>& missing);

// From now on; until then the programs look away.
void trace_root(fault_tracer_bpf& skeleton);

// What a kernel that refuses it all is too old for.
Error explain(Error error);

}  // namespace bytepath::trace
