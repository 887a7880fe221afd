#pragma once
#include <memory>
#include <vector>

#include "base/result.h"
#include "trace/syscall_totals.h"
#include "trace/traced_tree.h"

namespace bytepath::trace {

// Counts and times the system calls of a process tree by BPF (syscall_times.bpf.c): what strace -c
// tells, and percentiles, at two readings of the clock and some 90 ns a call. Calls that the vDSO
// answers (clock_gettime, getcpu) are none. It needs CAP_BPF and CAP_PERFMON, x86-64 and Linux
// 5.12. Memory: 420 KiB for each possible CPU. Kernel objects are held by descriptors only: with
// this process they go.
//
// With the spawn helper: open({.process = helper.pid(), .without_itself = true}), then for each run
// reset(), helper.run(), totals(). The first call is then the program's execve(2), as with strace.
class SyscallTracer {
 public:
  // Errors: denied (with the capabilities), unsupported (no types of the kernel's own, an older
  // kernel), failed.
  static Result<SyscallTracer> open(const TracedTree& tree);
  SyscallTracer(SyscallTracer&&) noexcept;
  SyscallTracer& operator=(SyscallTracer&&) noexcept;
  ~SyscallTracer();

  // Of all calls that have ended since open() or the last reset(), in the order of their numbers.
  // Calls that are still open, as of a process left in the background, are not among them.
  std::vector<SyscallTotal> totals() const;
  // What is missing in totals(): nothing is what makes the counts exact.
  SyscallLosses losses() const;

  // To be called while nothing of the tree makes calls: of what it counts meanwhile some may stay.
  void reset();

 private:
  struct Session;
  explicit SyscallTracer(std::unique_ptr<Session> session);
  std::unique_ptr<Session> session_;
};

}  // namespace bytepath::trace
