#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/root.h"

// What else this host was doing: facts that tell how far a time can be trusted.
namespace bytepath::host {

// The first line of /proc/stat in ticks (proc(5)); guest time is part of user and not repeated.
struct CpuTimes {
  std::uint64_t busy = 0;   // user, nice, system, irq, softirq
  std::uint64_t idle = 0;   // idle, iowait
  std::uint64_t steal = 0;  // wanted to run, but the hypervisor ran somebody else
};

std::optional<CpuTimes> parse_cpu_times(std::string_view stat);

// Steal as a share (0..1) of the time in which a CPU wanted to run, between two readings; nothing
// when no time has passed or a counter went backwards (a CPU was taken away).
std::optional<double> steal_share(const CpuTimes& before, const CpuTimes& after);

std::optional<CpuTimes> read_cpu_times(const Root& root);

}  // namespace bytepath::host
