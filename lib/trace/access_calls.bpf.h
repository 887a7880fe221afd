// SPDX-License-Identifier: GPL-2.0-only
/* Reads of traced processes, from system call to result, and where what they cost is counted. */
#pragma once
#include <asm/ptrace.h>
#include <asm/unistd_64.h>

#include "access_state.bpf.h"
#include "files.bpf.h"
#include "stats/histogram_buckets.h"

#define PAGE_SHIFT 12
#define PAGE_BYTES 4096
#define TS_COMPAT 2 /* arch/x86/include/asm/thread_info.h: a 32-bit call, whose numbers differ */
#define S_IFBLK 0060000
#define MOST_VECTORS 8

/* Reads and faults that no tier of a file served. */
__u64 other_reads; /* of pipes, sockets, terminals, folders */
__u64 failed_reads;
__u64 ended_reads;  /* at the end of the file */
__u64 compat_reads; /* by a 32-bit program */
__u64 unseen_calls; /* that may read files in another way than these */

__u64 minor_faults;
__u64 major_faults;

struct bytepath_access_sums sums[bytepath_access_ways * BYTEPATH_TIER_ROWS];
__u64 times[bytepath_access_ways * BYTEPATH_TIER_ROWS * BYTEPATH_BUCKET_ROWS];

static __always_inline __u64 between(__u64 begin, __u64 end) {
  return begin && end > begin ? end - begin : 0;
}

static __always_inline void add_bytes(__u32 row, __u64 bytes) {
  row &= bytepath_access_ways * BYTEPATH_TIER_ROWS - 1;
  __sync_fetch_and_add(&sums[row].bytes, bytes);
}

/* Bytes that were there already count as those of the page cache, whatever the rest came from. */
static __always_inline void count_access(struct bytepath_access* access, __u32 way, __u32 tier,
                                         __u64 bytes) {
  const __u64 time = bpf_ktime_get_ns() - access->begin_ns;
  const __u64 missed = (__u64)access->pages_missed * PAGE_BYTES;
  __u32 row = way * BYTEPATH_TIER_ROWS + tier;
  __u32 at = row * BYTEPATH_BUCKET_ROWS + (__u32)histogram_bucket(time);

  if (missed && missed < bytes) {
    add_bytes(way * BYTEPATH_TIER_ROWS + bytepath_tier_cache, bytes - missed);
    bytes = missed;
  }
  add_bytes(row, bytes);
  /* The verifier is to see the bounds where the compiler knows that they are kept. */
  asm volatile("%0 &= 31" : "+r"(row));
  __sync_fetch_and_add(&sums[row].time_ns, time);
  __sync_fetch_and_add(&sums[row].device_ns,
                       between(access->device_begin_ns, access->device_end_ns));
  __sync_fetch_and_add(&sums[row].daemon_ns,
                       between(access->daemon_begin_ns, access->daemon_end_ns));
  asm volatile("%0 &= 131071" : "+r"(at));
  __sync_fetch_and_add(&times[at], 1);
}

static __always_inline bool is_read(long number) {
  return number == __NR_read || number == __NR_pread64 || number == __NR_readv ||
         number == __NR_preadv || number == __NR_preadv2;
}

static __always_inline bool may_read_unseen(long number) {
  return number == __NR_io_uring_enter || number == __NR_io_submit || number == __NR_sendfile ||
         number == __NR_splice || number == __NR_copy_file_range;
}

struct user_vector {
  __u64 address;
  __u64 bytes;
};

/* Of more vectors than these the rest is not looked at: the read is then taken for as long as a
 * read can be. */
static __always_inline __u64 bytes_of_vectors(__u64 address, __u64 vectors) {
  __u64 bytes = 0;
  struct user_vector vector;

  if (vectors > MOST_VECTORS) return ~0U;
  for (__u32 i = 0; i < MOST_VECTORS; ++i) {
    if (i >= vectors) break;
    if (bpf_probe_read_user(&vector, sizeof(vector), (void*)(address + i * sizeof(vector))))
      return bytes;
    bytes += vector.bytes;
  }
  return bytes;
}

static __always_inline void want_pages(struct bytepath_access* read, long number, struct file* file,
                                       const struct pt_regs* registers) {
  const bool at_offset = number != __NR_read && number != __NR_readv;
  __u64 offset = at_offset ? registers->r10 : ~0ULL;
  __u64 bytes = registers->rdx;

  /* preadv2(2): -1 means the descriptor's own position. */
  if (offset == ~0ULL) offset = BPF_CORE_READ(file, f_pos);
  if (number != __NR_read && number != __NR_pread64)
    bytes = bytes_of_vectors(registers->rsi, registers->rdx);
  read->first_page = offset >> PAGE_SHIFT;
  read->last_page = bytes ? (offset + bytes - 1) >> PAGE_SHIFT : read->first_page;
}

SEC("raw_tp/sys_enter")
int enter_read(struct bpf_raw_tracepoint_args* arguments) {
  const long number = arguments->args[1];
  struct traced_thread* thread;
  struct pt_regs registers;
  struct file* file;
  __u32 type;

  if (!is_read(number) && !may_read_unseen(number)) return 0;
  thread = current_thread(); /* what has one is measured */
  if (!thread && !is_measured()) return 0;
  if (!is_read(number)) {
    count(&unseen_calls);
    return 0;
  }
  if (bpf_get_current_task_btf()->thread_info.status & TS_COMPAT) {
    count(&compat_reads);
    return 0;
  }
  if (bpf_probe_read_kernel(&registers, sizeof(registers), (void*)arguments->args[0])) return 0;
  file = file_of_descriptor(registers.rdi);
  type = file ? BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT : 0;
  if (file && type != S_IFREG && type != S_IFBLK) {
    count(&other_reads);
    return 0;
  }
  if (!thread) thread = make_thread();
  if (!thread) return 0;
  __builtin_memset(&thread->read, 0, sizeof(thread->read));
  thread->fault.number = 0; /* whoever makes a call is in no fault any more */
  if (file) want_pages(&thread->read, number, file, &registers);
  thread->read.file_type = type;
  thread->read.begin_ns = bpf_ktime_get_ns();
  thread->read.number = ++thread->accesses;
  return 0;
}

SEC("raw_tp/sys_exit")
int leave_read(struct bpf_raw_tracepoint_args* arguments) {
  const long result = arguments->args[1];
  struct traced_thread* thread = current_thread();

  if (!thread || !thread->read.number) return 0;
  if (result > 0)
    count_access(&thread->read, bytepath_access_read, bytepath_tier_of_access(&thread->read),
                 result);
  else
    count(result < 0 ? &failed_reads : &ended_reads);
  thread->read.number = 0;
  return 0;
}
