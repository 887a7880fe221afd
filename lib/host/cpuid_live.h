#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <vector>

#include "base/result.h"
#include "host/cpuid_decode.h"
#include "host/cpuid_dump.h"

namespace bytepath::host {

// Each CPU is read by the instruction, with this thread moved there: after the move a query costs
// one trap in a guest and nothing outside, while /dev/cpu/N/cpuid sends an interrupt and sleeps for
// each. The device (root) serves the CPUs that this process may not run on.
struct LiveCpuid {
  CpuidDump dump;  // the first CPU of each kind, with all leaves
  // CPU of the dump -> all CPUs of its kind, itself first.
  std::map<std::uint32_t, std::vector<std::uint32_t>> alike;
  std::vector<std::uint32_t> by_device;    // read through /dev/cpu/N/cpuid
  std::vector<std::uint32_t> not_allowed;  // outside cpuset or affinity, and no device to ask
  std::vector<std::uint32_t> not_read;     // out of time, or the CPU refused
};

// Enough for a few hundred CPUs where a query costs a microsecond; in guests each one is a trap.
inline constexpr std::chrono::milliseconds default_cpuid_budget{10};

// The processors of this host. The thread's affinity is what it was before on return. At least the
// first CPU is read whatever the budget; unsupported on anything but x86.
Result<LiveCpuid> read_live_cpuid(std::chrono::nanoseconds budget = default_cpuid_budget);

// The leaves of the CPU that this thread happens to run on; one CPUID query, no system call.
Registers execute_cpuid(std::uint32_t leaf, std::uint32_t subleaf);

// decode(live.dump) with every CPU counted in its class.
CpuFacts decode(const LiveCpuid& live);

}  // namespace bytepath::host
