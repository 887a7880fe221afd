#pragma once
#include <sys/types.h>

#include "base/result.h"
#include "counters/event.h"

namespace bytepath::counters {

// May the event be counted without the kernel's part when this user may not count that? Not where
// it is the kernel that makes the event: page-faults:u reads 0 for read(2) into 64 MiB of fresh
// memory that page-faults counts as 16384, and a tracepoint counts in user mode nothing at all
// (perf_tp_event_match in kernel/events/core.c).
bool may_leave_kernel_out(const Event& event);

// The clocks run through system calls whatever exclude_kernel says: their events never look at it
// (task_clock_event_update, kernel/events/core.c). It only decides whether this user may open them.
bool is_clock(const Event& event);

// Of an errno: this user may not, another one might.
bool is_denial(int errno_value);

// Why perf_event_open(2) refused an event, by its errno. has_pmu: the kernel drives a PMU of the
// CPU here.
Error refusal(const Event& event, int errno_value, bool has_pmu);

// Why it refused even the event that counts nothing: then no event can be opened on the task.
Error refusal_of_task(pid_t task, int errno_value);

// An event whose code means something else on this CPU (Event::absent_pmu).
Error refusal_of_foreign(const Event& event);

}  // namespace bytepath::counters
