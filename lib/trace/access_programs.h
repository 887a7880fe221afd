#pragma once
#include <vector>

#include "trace/access_event.h"
// The skeleton names the types of access_event.h.
#include "access_tracer.skel.h"
#include "trace/access_tracer.h"
#include "trace/bpf_session.h"
#include "trace/optional_programs.h"

// The BPF programs of access_tracer.bpf.c, for one of its two uses.
namespace bytepath::trace {

struct AccessUse {
  pid_t root = 0;
  bool own = false;  // accesses of this process; else those of others
  bool without_root = false;
  bool daemons = false;
};

// Loads and attaches what the use needs; what it cannot be without is an error.
Result<Skeleton<access_tracer_bpf>> attach_access_programs(const AccessUse& use,
                                                           std::vector<MissingPart>& missing);

AccessLosses losses_of(const access_tracer_bpf& skeleton);

}  // namespace bytepath::trace
