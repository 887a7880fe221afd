#pragma once
#include <cstddef>
#include <span>

#include "trace/event_merge.h"

namespace bytepath::trace {

// Takes one record of the BPF tracer's ring. False, and nothing taken, where its kind is not known
// or its size is not that of its kind.
bool add_record(std::span<const std::byte> record, EventMerge& to);

}  // namespace bytepath::trace
