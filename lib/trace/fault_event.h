// What the fault tracers tell user space; shared by C++ and the BPF program. Both are built
// together, so there is no version.
#pragma once
#include "event_types.h"

// NOLINTBEGIN(readability-identifier-naming): C, for BPF

enum {
  bytepath_event_fault = 1,
  bytepath_event_pages_added = 2,
  bytepath_event_call = 3,
};

// A page fault, told at its end.
struct bytepath_fault {
  bytepath_u16 kind;        // bytepath_event_fault
  bytepath_u8 major;        // the kernel's own word, which misleads: see fault_class()
  bytepath_u8 from_kernel;  // a system call touched the page, not the program itself
  bytepath_u32 process;     // its id (tgid)
  bytepath_u32 thread;
  bytepath_u32 pages_added;  // that this thread put into the page cache meanwhile
  bytepath_u64 time_ns;      // CLOCK_MONOTONIC, of its beginning
  bytepath_u64 duration_ns;  // of the kernel's handler
  bytepath_u64 address;
  bytepath_u64 instruction;    // 0: not known
  bytepath_u32 fuse_requests;  // that this thread sent meanwhile
  bytepath_u32 switches;       // times that it slept
};

// Pages that came into the page cache (a folio).
struct bytepath_pages_added {
  bytepath_u16 kind;     // bytepath_event_pages_added
  bytepath_u8 in_fault;  // by a thread that was in a fault
  bytepath_u8 written;   // by a system call that writes to that file: nothing was read
  bytepath_u32 process;
  bytepath_u32 thread;
  bytepath_u32 pages;
  bytepath_u64 time_ns;
  bytepath_u64 first_page;  // of the file
  bytepath_u64 device;      // as the kernel keeps it: major << 20 | minor
  bytepath_u64 inode;
};

// A system call that moves or prepares weights, told at its end unless it failed or read nothing.
// Of the calls that read, those on regular files only.
enum {
  bytepath_call_mmap = 1,
  bytepath_call_madvise = 2,
  bytepath_call_mlock = 3,  // mlock2 too
  bytepath_call_fadvise = 4,
  bytepath_call_readahead = 5,
  bytepath_call_read = 6,  // pread64, readv, preadv, preadv2 too
  bytepath_call_munmap = 7,
  bytepath_call_mremap = 8,
  bytepath_call_write = 9,  // and what else has a file as its target; not told
};
struct bytepath_call {
  bytepath_u16 kind;  // bytepath_event_call
  bytepath_u16 call;
  bytepath_u32 process;
  bytepath_u32 thread;
  bytepath_u32 pages_added;
  bytepath_u64 time_ns;
  bytepath_u64 duration_ns;
  bytepath_u64 address;   // of calls on memory; of mmap and mremap what they returned
  bytepath_u64 length;    // as asked; of read what it returned
  bytepath_u64 argument;  // mmap: flags; madvise, fadvise: the advice; mremap: the old address
  bytepath_u64 offset;    // of calls on a file
  bytepath_u64 device;    // 0: the call names no file
  bytepath_u64 inode;
  bytepath_u64 old_length;  // mremap
};

// NOLINTEND(readability-identifier-naming)
