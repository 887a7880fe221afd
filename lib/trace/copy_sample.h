// What the sampler of copy instructions counts; shared by C++ and the BPF programs. Both are built
// together, so there is no version.
#pragma once
#include "event_types.h"

// NOLINTBEGIN(readability-identifier-naming): C, for BPF

enum {
  bytepath_copy_in_kernel = 1,
  bytepath_copy_backward =
      2,  // the direction flag was set: slow at every d, an overlapping memmove
};

enum { bytepath_place_parts = 8, bytepath_place_name = 48, bytepath_command_name = 16 };

// d = (destination - source) mod 4096 is kept exactly below the first, and above it rounded down to
// a multiple of it: no class of slow offsets that was ever reported has a border there, and a
// program with many distances does not fill the map.
enum { bytepath_copy_exact_offsets = 128, bytepath_copy_offsets = 4096 };

static inline bytepath_u32 bytepath_copy_offset(bytepath_u64 destination, bytepath_u64 source) {
  const bytepath_u32 offset = (destination - source) & (bytepath_copy_offsets - 1);

  if (offset < bytepath_copy_exact_offsets) return offset;
  return offset & ~(bytepath_copy_exact_offsets - 1U);
}

// How many bytes an element of the rep movs has whose encoding begins so, the first byte lowest; 0:
// it is none.
static inline bytepath_u8 bytepath_copy_element(bytepath_u32 bytes) {
  if ((bytes & 0xffff) == 0xa4f3) return 1;
  if ((bytes & 0xffff) == 0xa5f3) return 4;
  if ((bytes & 0xffffff) == 0xa548f3) return 8;
  if ((bytes & 0xffffff) == 0xa566f3 || (bytes & 0xffffff) == 0xa5f366) return 2;
  return 0;
}

// What a process runs: exec(2) begins another program, and a number is given again.
struct bytepath_program {
  bytepath_u64 started_ns;  // CLOCK_BOOTTIME, of the process
  bytepath_u32 process;     // as the kernel numbers it (tgid)
  bytepath_u32 execs;
};

struct bytepath_program_samples {
  bytepath_u64 all;
  bytepath_u64 in_kernel;
  bytepath_u32 number;  // of the process, as the tracer's PID namespace has it; 0: not seen there
  char command[bytepath_command_name];
  bytepath_u32 reserved;
};

// Samples within a rep movs.
struct bytepath_copy {
  struct bytepath_program program;
  bytepath_u64 address;  // of the instruction
  bytepath_u16 offset;   // d
  bytepath_u8 element_bytes;
  bytepath_u8 flags;  // bytepath_copy_in_kernel and so on
  bytepath_u32 reserved;
};

struct bytepath_copy_samples {
  bytepath_u64 samples;
  bytepath_u64 left_bytes;  // that the instruction still had to copy, summed over the samples
};

// The file that a sampled user address belongs to, told by the mapping at the time of the sample.
struct bytepath_place_key {
  struct bytepath_program program;
  bytepath_u64 address;
};

struct bytepath_place {
  bytepath_u64 inode;        // 0: memory that is no file's
  bytepath_u64 file_offset;  // of the instruction
  bytepath_u32 device;       // as the kernel keeps it: major << 20 | minor
  bytepath_u32 parts;
  // Of the path within its file system, the last first.
  char names[bytepath_place_parts][bytepath_place_name];
};

// An exact count: copies by libc's rep movsb path.
struct bytepath_exact_copy {
  struct bytepath_program program;
  bytepath_u16 offset;
  bytepath_u8 size_class;  // the copy has at least 2^n bytes, and less than twice as many
  bytepath_u8 reserved;
  bytepath_u32 reserved_too;
};

struct bytepath_exact_count {
  bytepath_u64 calls;
  bytepath_u64 bytes;
};

// NOLINTEND(readability-identifier-naming)
