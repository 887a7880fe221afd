#include "counters/perf_names.h"

#include <linux/perf_event.h>

#include <algorithm>
#include <array>

namespace bytepath::counters {
namespace {

constexpr std::uint32_t software = PERF_TYPE_SOFTWARE;
constexpr std::uint32_t hardware = PERF_TYPE_HARDWARE;

// An alias stands below the name that it is another word for: the first of a config is its own.
constexpr std::array names{
    PerfName{"task-clock", software, PERF_COUNT_SW_TASK_CLOCK, "ns", "cpu-time",
             "time on a CPU by the scheduler's clock"},
    PerfName{"cpu-clock", software, PERF_COUNT_SW_CPU_CLOCK, "ns", "cpu-time",
             "time on a CPU by a high-resolution timer"},
    PerfName{"page-faults", software, PERF_COUNT_SW_PAGE_FAULTS, "", "faults",
             "accesses to a page that was not mapped"},
    PerfName{"faults", software, PERF_COUNT_SW_PAGE_FAULTS, "", "faults", "alias of page-faults"},
    PerfName{"minor-faults", software, PERF_COUNT_SW_PAGE_FAULTS_MIN, "", "minflt",
             "page faults that needed no I/O"},
    PerfName{"major-faults", software, PERF_COUNT_SW_PAGE_FAULTS_MAJ, "", "majflt",
             "page faults that waited for I/O"},
    PerfName{"context-switches", software, PERF_COUNT_SW_CONTEXT_SWITCHES, "", "switches",
             "times that the task left its CPU to another one"},
    PerfName{"cs", software, PERF_COUNT_SW_CONTEXT_SWITCHES, "", "switches",
             "alias of context-switches"},
    PerfName{"cpu-migrations", software, PERF_COUNT_SW_CPU_MIGRATIONS, "", "",
             "times that the task came to another CPU"},
    PerfName{"migrations", software, PERF_COUNT_SW_CPU_MIGRATIONS, "", "",
             "alias of cpu-migrations"},
    PerfName{"alignment-faults", software, PERF_COUNT_SW_ALIGNMENT_FAULTS, "", "",
             "unaligned accesses that the kernel had to carry out (never on x86)"},
    PerfName{"emulation-faults", software, PERF_COUNT_SW_EMULATION_FAULTS, "", "",
             "instructions that the kernel had to emulate"},
    PerfName{"cycles", hardware, PERF_COUNT_HW_CPU_CYCLES, "cycles", "",
             "core clock cycles, at whatever frequency the core ran"},
    PerfName{"instructions", hardware, PERF_COUNT_HW_INSTRUCTIONS, "", "", "retired instructions"},
    PerfName{"branches", hardware, PERF_COUNT_HW_BRANCH_INSTRUCTIONS, "", "",
             "retired branch instructions"},
    PerfName{"branch-misses", hardware, PERF_COUNT_HW_BRANCH_MISSES, "", "",
             "branches that were predicted wrong"},
    PerfName{"cache-references", hardware, PERF_COUNT_HW_CACHE_REFERENCES, "", "",
             "accesses to a cache that the kernel chose for this CPU, mostly the last level"},
    PerfName{"cache-misses", hardware, PERF_COUNT_HW_CACHE_MISSES, "", "",
             "misses of the cache that cache-references counts"},
    PerfName{"ref-cycles", hardware, PERF_COUNT_HW_REF_CPU_CYCLES, "cycles", "",
             "cycles of a clock that does not follow the core's frequency"},
    PerfName{"bus-cycles", hardware, PERF_COUNT_HW_BUS_CYCLES, "cycles", "",
             "cycles of the bus or of the crystal's clock"},
    PerfName{"stalled-cycles-frontend", hardware, PERF_COUNT_HW_STALLED_CYCLES_FRONTEND, "cycles",
             "", "cycles in which no instruction could be issued: fetch or decoding held it up"},
    PerfName{"stalled-cycles-backend", hardware, PERF_COUNT_HW_STALLED_CYCLES_BACKEND, "cycles", "",
             "cycles in which none could be retired: a unit or memory held it up"},
};

template <class Matches>
const PerfName* first(Matches matches) {
  const auto* found = std::ranges::find_if(names, matches);
  return found == names.end() ? nullptr : &*found;
}

}  // namespace

std::span<const PerfName> perf_names() { return names; }

const PerfName* find_perf_name(std::string_view name) {
  return first([&](const PerfName& each) { return each.name == name; });
}

const PerfName* find_perf_name(std::uint32_t type, std::uint64_t config) {
  return first([&](const PerfName& each) { return each.type == type && each.config == config; });
}

}  // namespace bytepath::counters
