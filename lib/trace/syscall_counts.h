// What the BPF program counts of system calls, a part for each CPU; shared by C++ and the BPF
// program. Both are built together, so there is no version. Times are in nanoseconds.
#pragma once
#include "event_types.h"
#include "stats/histogram_buckets.h"

// NOLINTBEGIN(readability-identifier-naming,modernize-macro-to-enum): C, for BPF

// x86-64 has numbers below 470 (Linux 6.18, arch/x86/entry/syscalls/syscall_64.tbl) and leaves 512
// to 547 to x32. The last place counts all that are not below it.
#define BYTEPATH_SYSCALLS 512
#define BYTEPATH_OTHER_SYSCALLS (BYTEPATH_SYSCALLS - 1)

// The times of a call fill few octaves of the histogram's 59, and a program makes few of the calls.
// So an octave gets a row when the first time falls into it: 256 KiB a CPU instead of 15 MiB.
#define BYTEPATH_OCTAVES 64
#define BYTEPATH_OCTAVE_BUCKETS (1 << HISTOGRAM_BUCKET_BITS)
#define BYTEPATH_OCTAVE_ROWS 512

struct bytepath_syscall_counts {
  bytepath_u64 returned;    // calls that came back
  bytepath_u64 errors;      // of those, with an error (-4095 to -1)
  bytepath_u64 unreturned;  // calls within which the thread ended: exit, exit_group
  bytepath_u64 total_ns;    // of those that came back
  bytepath_u64 most_ns;
  bytepath_u64 results;                 // the sum of the positive ones: bytes, for some calls
  bytepath_u16 rows[BYTEPATH_OCTAVES];  // of `times`; 0: none yet
};

struct bytepath_cpu_syscalls {
  struct bytepath_syscall_counts calls[BYTEPATH_SYSCALLS];
  bytepath_u64 compat_calls;    // by 32-bit programs, whose numbers differ: only counted
  bytepath_u64 lost_calls;      // the thread found no room
  bytepath_u64 lost_times;      // there was no row left
  bytepath_u64 unpaired_calls;  // ended without a begin: refused by seccomp, or begun before us
  bytepath_u64 rows_used;
  bytepath_u64 times[BYTEPATH_OCTAVE_ROWS][BYTEPATH_OCTAVE_BUCKETS];  // row 0 is never used
};

// NOLINTEND(readability-identifier-naming,modernize-macro-to-enum)
