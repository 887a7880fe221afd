// What the page table walk tells user space; shared by C++ and the BPF program. Both are built
// together, so there is no version.
#pragma once
#ifdef __bpf__
#include <linux/types.h>
typedef __u64 bytepath_block_word;
#else
#include <stdint.h>
typedef uint64_t bytepath_block_word;
#endif

enum {
  bytepath_blocks = 4096,  // in one run of the program: 8 GiB of addresses
  bytepath_block_pages = 512,
  bytepath_block_shift = 21,
};

enum bytepath_walk_status {
  bytepath_walk_done,
  bytepath_walk_no_process,
  bytepath_walk_no_memory,  // a kernel thread, or a process that has given it up
  bytepath_walk_no_direct_map,
  bytepath_walk_out_of_range,     // addresses that are not the process's
  bytepath_walk_memory_replaced,  // it has ended or executed another program
};

enum bytepath_block_state {
  bytepath_block_absent,  // nothing is mapped
  bytepath_block_small,   // a bit for each page
  bytepath_block_huge,    // one entry for all; accessed[0] is its bit
  bytepath_block_unreadable,
};

// 2 MiB of addresses. The words count for bytepath_block_small only, but for accessed[0].
struct bytepath_page_table_block {
  bytepath_block_word state;
  bytepath_block_word mapped[bytepath_block_pages / 64];
  bytepath_block_word accessed[bytepath_block_pages / 64];
};
