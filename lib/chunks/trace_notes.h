#pragma once
#include "mounts/mount_trace.h"
#include "result/document.h"

namespace bytepath::chunks {

// Says in the document what the trace lacks: its end, damaged blocks, lost events, and
// `impossible` records whose numbers cannot be.
void add_trace_notes(const mounts::MountTrace& trace, std::uint64_t impossible,
                     result::Document& document);

}  // namespace bytepath::chunks
