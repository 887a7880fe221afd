#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace bytepath::counters {

// What the kernel is asked to count. Encoded without asking it: no PMU and no right is needed.
struct Event {
  std::string name;        // as the user wrote it: "page-faults", "amd64_fam19h_zen4::..."
  std::uint32_t type = 0;  // of perf_event_attr (PERF_TYPE_*)
  std::uint64_t config = 0;
  std::uint64_t config1 = 0;
  std::uint64_t config2 = 0;
  bool user_only = false;    // the name said ":u"
  bool kernel_only = false;  // the name said ":k"
  std::string unit;          // "ns" for clocks, "cycles" for generic names of cycles, else empty
  // What getrusage(2) counts too, for users who may not count the kernel's part: the field's name
  // ("minflt", "majflt", "faults", "switches", "cpu-time"), or empty.
  std::string rusage;
  // The PMU, by libpfm4's name, when this host's CPU lacks it: its code would count something else
  // here.
  std::string absent_pmu;
};

// A name of perf's own (task-clock, cpu-clock, page-faults or faults, minor-faults, major-faults,
// context-switches or cs, cpu-migrations or migrations, alignment-faults, emulation-faults), one of
// its generic hardware names (cycles, instructions, branches, branch-misses, cache-references,
// cache-misses, ref-cycles, bus-cycles, stalled-cycles-frontend, stalled-cycles-backend), or any
// name that libpfm4 knows, also of another CPU, or a tracepoint's ("sched:sched_switch"); each with
// ":u", ":k" at its end. Errors (usage): an unknown name, with the nearest known one, the event's
// unit masks or the reason why tracefs cannot be asked as hint; (unsupported): an event that
// libpfm4 encodes only where the kernel has its PMU.
Result<Event> find_event(std::string_view name);

// Events of a comma-separated list; an empty entry or the same name twice is an error (usage).
Result<std::vector<Event>> find_events(std::string_view list);

struct KnownEvent {
  std::string name;
  std::string kind;  // "software", "hardware" or the PMU's name by libpfm4
  std::string description;
};
// perf's own names and those of the PMUs that libpfm4 finds in this host's CPU.
std::vector<KnownEvent> known_events();

}  // namespace bytepath::counters
