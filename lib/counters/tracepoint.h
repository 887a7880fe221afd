#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "base/root.h"

namespace bytepath::counters {

// "syscalls:sys_enter_read": two plain words. An event and its unit mask may look like it too.
bool may_be_tracepoint(std::string_view name);

// The config of a tracepoint for PERF_TYPE_TRACEPOINT, from tracefs or, below debugfs, its old
// place. (libpfm4 4.13 looks below debugfs only.) Nothing when tracefs has no such tracepoint.
// Errors: tracefs is not mounted or not readable, with the way out as hint.
Result<std::optional<std::uint64_t>> find_tracepoint(std::string_view name, const Root& root = {});

}  // namespace bytepath::counters
