#pragma once
#include <cstdint>
#include <span>
#include <string_view>

namespace bytepath::counters {

// One of perf's own names, as perf-list(1) and perf_event_open(2) have them.
struct PerfName {
  std::string_view name;
  std::uint32_t type = 0;  // PERF_TYPE_SOFTWARE or PERF_TYPE_HARDWARE
  std::uint64_t config = 0;
  std::string_view unit;    // as Event::unit
  std::string_view rusage;  // as Event::rusage
  std::string_view description;
};

std::span<const PerfName> perf_names();

// Nothing when it is none of them. Case counts, as it does for perf.
const PerfName* find_perf_name(std::string_view name);

// The first name of what the kernel is asked for, whoever encoded it.
const PerfName* find_perf_name(std::uint32_t type, std::uint64_t config);

}  // namespace bytepath::counters
