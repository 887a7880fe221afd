// What the BPF program counts of copies between programs and files; shared by C++ and the BPF
// program. Both are built together, so there is no version.
#pragma once
#include "event_types.h"

// NOLINTBEGIN(readability-identifier-naming,modernize-macro-to-enum): C, for BPF

enum { bytepath_copy_read, bytepath_copy_write, bytepath_copy_ways };

#define BYTEPATH_COPY_OFFSETS 4096  // d is taken modulo the page

struct bytepath_copy_key {
  bytepath_u32 process;  // as the kernel numbers it
  bytepath_u16 offset;   // d = (destination - source) mod 4096
  bytepath_u16 way;
};

struct bytepath_copy_counts {
  bytepath_u64 calls;
  bytepath_u64 bytes;
};

struct bytepath_copy_process {
  bytepath_u32 number;  // as the tracer's PID namespace does; 0: it cannot be seen from there
  char name[16];        // of its main thread; of a program, when that was executed
};

// NOLINTEND(readability-identifier-naming,modernize-macro-to-enum)
