#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "stats/histogram.h"
#include "trace/syscall_counts.h"

namespace bytepath::trace {

// What the calls with one number add up to, of all threads of the traced processes.
struct SyscallTotal {
  std::uint32_t number = 0;  // of x86-64; BYTEPATH_OTHER_SYSCALLS: all that are not below it
  std::string name;
  std::uint64_t calls = 0;       // that came back, and those that never did
  std::uint64_t unreturned = 0;  // of those, within which the thread ended: exit, exit_group
  // That came back with an error; among them calls that the kernel begins again after a signal
  // (ERESTARTSYS), as strace(1) counts them.
  std::uint64_t errors = 0;
  std::uint64_t total_ns = 0;  // of those that came back, as max_ns
  std::uint64_t max_ns = 0;
  std::uint64_t bytes = 0;   // that it moved; 0 for calls whose result is no number of bytes
  stats::Histogram latency;  // ns, of those that came back
};

struct SyscallLosses {
  std::uint64_t calls = 0;      // of threads that found no room
  std::uint64_t times = 0;      // of calls that are counted, but not in the histogram
  std::uint64_t processes = 0;  // that found no room, with all that they did
  std::uint64_t unpaired = 0;   // no loss: refused by a seccomp filter, or begun before the tracing
  std::uint64_t compat = 0;     // calls of 32-bit programs: counted here and nowhere else
};

// Adds up the parts of all CPUs; calls that were never made are left out, the others in the order
// of their numbers.
std::vector<SyscallTotal> add_up_syscalls(std::span<const bytepath_cpu_syscalls> cpus);

// Adds those of another run; both are in the order of the numbers.
void add_totals(std::vector<SyscallTotal>& all, std::span<const SyscallTotal> more);
void add_losses(SyscallLosses& all, const SyscallLosses& more);

// All but `processes`, which no part tells.
SyscallLosses add_up_losses(std::span<const bytepath_cpu_syscalls> cpus);

}  // namespace bytepath::trace
