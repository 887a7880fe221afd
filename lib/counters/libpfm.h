#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "counters/event.h"

// libpfm4 behind plain types: only libpfm.cpp includes it.
namespace bytepath::counters::libpfm {

// A name by libpfm4's tables, of this host's CPU or any other: "[pmu::]event[:mask][:modifier]".
// Errors: unknown (usage, no hint); a wrong or missing mask (usage, the masks as hint); a modifier
// of sampling or virtualisation that a counter of tasks cannot honour (usage); a PMU that can only
// be encoded where the kernel has it (unsupported).
Result<Event> encode(const std::string& name);

// Events of the PMUs that libpfm4 finds in this host's CPU, without their masks, and the generic
// cache events ("perf::L1-DCACHE-LOADS").
std::vector<KnownEvent> present_events();

std::vector<std::string> pmu_names();

// Names of a PMU's events ("spr::LD_BLOCKS"), present or not; none for an unknown PMU.
std::vector<std::string> event_names(std::string_view pmu);

}  // namespace bytepath::counters::libpfm
