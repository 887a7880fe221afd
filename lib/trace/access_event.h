// One access to a file, as the kernel side sees it, and what traced processes' accesses add up to;
// shared by C++ and the BPF program. Both are built together, so there is no version. Times are
// CLOCK_MONOTONIC.
#pragma once
#include "event_types.h"

// NOLINTBEGIN(readability-identifier-naming,modernize-macro-to-enum): C, for BPF

// What served an access, those that answer soonest first.
enum {
  bytepath_tier_cache,            // its pages were in the page cache
  bytepath_tier_readahead,        // an earlier readahead brought them, or had them under way
  bytepath_tier_memory,           // a fault on memory that is no file's
  bytepath_tier_empty,            // the page was missing, and came without I/O: a hole, tmpfs
  bytepath_tier_fuse_attributes,  // in the page cache, but a FUSE daemon was asked for attributes
  bytepath_tier_fuse_cache,       // a READ to a FUSE daemon, who had it in the page cache
  bytepath_tier_fuse,             // a READ to a FUSE daemon, who had it elsewhere
  bytepath_tier_block,            // a block device
  bytepath_tier_swap,             // a fault on memory that was paged out
  bytepath_tier_fuse_block,       // a READ to a FUSE daemon, who waited for a block device
  bytepath_tier_other,            // another kind of file system: none of these had it
  bytepath_tier_count,
};

// What happened within an access.
struct bytepath_access {
  bytepath_u64 number;  // of this access; 0: none is open
  bytepath_u64 begin_ns;
  bytepath_u64 first_page;       // of the file, that it is about
  bytepath_u64 last_page;        // less than first_page: not known
  bytepath_u64 device_begin_ns;  // the first request to a block device was sent; 0: none was
  bytepath_u64 device_end_ns;    // the last one was done
  bytepath_u64 daemon_begin_ns;  // the first READ to a FUSE daemon was sent; 0: none was
  bytepath_u64 daemon_end_ns;    // the last one was answered
  bytepath_u32 pages_missed;     // of its pages, that it brought into the page cache
  bytepath_u32 pages_added;      // and others with them
  bytepath_u32 block_requests;
  bytepath_u32 fuse_reads;
  bytepath_u32 fuse_others;      // requests other than READ
  bytepath_u32 waits;            // times that the thread slept for I/O
  bytepath_u32 answers_cached;   // READs that the daemon answered from its page cache
  bytepath_u32 answers_waited;   // READs for which the daemon slept for I/O
  bytepath_u32 is_file;          // a fault: on a page of a file
  bytepath_u32 is_major;         // a fault
  bytepath_u32 on_block_device;  // what missed is of a file system on a block device
  bytepath_u32 file_type;        // S_IFMT bits of the file whose pages count
};

// Accesses of traced processes.
enum { bytepath_access_read, bytepath_access_fault, bytepath_access_ways };

// Of a way and a tier. The times are in buckets of stats/histogram_buckets.h.
#define BYTEPATH_TIER_ROWS 16
#define BYTEPATH_BUCKET_ROWS 4096
struct bytepath_access_sums {
  bytepath_u64 time_ns;
  bytepath_u64 device_ns;
  bytepath_u64 daemon_ns;
  bytepath_u64 bytes;
};

// NOLINTEND(readability-identifier-naming,modernize-macro-to-enum)
