#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "trace/fault_tracer.h"

namespace bytepath::faults {

enum class Backend { automatic, bpf, perf };

struct TracerChoice {
  std::unique_ptr<trace::FaultTracer> tracer;
  std::vector<trace::MissingPart> missing;  // also why the better backend is not used
};

// automatic: BPF, or where it is refused or unknown plain perf events. Error: the backend asked
// for, or both, cannot be had.
Result<TracerChoice> open_tracer(Backend backend, const trace::TracerOptions& options);

}  // namespace bytepath::faults
