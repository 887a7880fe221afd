#pragma once
#include <span>
#include <string>

#include "result/document.h"
#include "trace/syscall_totals.h"

namespace bytepath::syscalls {

struct SyscallTable {
  std::string name = "syscalls";
  std::string title = "System calls";
  result::Labels labels;  // of the metrics and histograms, with {syscall} added to the latter
};

// Adds
// - the table (name, calls, errors, time, share of the time, p50, p99, most, bytes), most time
//   first. Times are those of the calls that came back, from one tracepoint to the other, of all
//   threads together; waiting is in them. Percentiles are n/a of too few calls and where bytes say
//   nothing;
// - the histograms syscall_latency, the metrics syscalls (calls) and syscall_time (ns);
// - what is missing, in not_measured.
void add_syscalls(result::Document& document, const SyscallTable& table,
                  std::span<const trace::SyscallTotal> totals, const trace::SyscallLosses& losses);

// Says in not_measured why there is no table: for a tracer that could not be opened.
void add_syscalls_refusal(result::Document& document, const Error& error);

}  // namespace bytepath::syscalls
