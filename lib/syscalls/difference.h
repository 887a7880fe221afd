#pragma once
#include <span>
#include <string>
#include <vector>

#include "trace/syscall_totals.h"

namespace bytepath::syscalls {

// What two commands do differently, of one system call. All numbers are those of a run on average.
struct SyscallDifference {
  std::string name;
  double calls_a = 0;
  double calls_b = 0;
  double seconds_a = 0;  // of all threads together, waiting included
  double seconds_b = 0;
};

// The totals of the runs of a command.
struct SyscallSide {
  std::span<const trace::SyscallTotal> totals;
  std::uint64_t runs = 1;  // of none, nothing was called
};

// Of each call that either side makes; the greatest difference in time first.
std::vector<SyscallDifference> compare_syscalls(const SyscallSide& a, const SyscallSide& b);

}  // namespace bytepath::syscalls
