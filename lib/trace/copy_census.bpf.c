// SPDX-License-Identifier: GPL-2.0-only
/*
 * How read(2), write(2) and their kin on files are aligned: for each d = (destination -
 * source) mod 4096 the bytes that the kernel copied. Between a program and the page cache the
 * distance is known from the arguments alone, as a page of the cache begins at a multiple of 4096
 * of the file: for a read it is the buffer's address less the file's position, for a write the
 * reverse. No copy is sampled and none is looked at, so this is an evidence of its own beside what
 * samples of the copying instruction tell.
 *
 * All is told where a call ends, as the arguments are still there: so a call costs one program, and
 * one of another kind little. The position of read(2) and write(2) is then that of the open file
 * less what they moved, also with O_APPEND; another thread that moves it meanwhile falsifies d.
 */
#include <asm/ptrace.h>
#include <asm/unistd_64.h>
#include <linux/types.h>

#include <linux/bpf.h>

#include "copy_counts.h"
#include "files.bpf.h"
#include "measured_tree.bpf.h"

#define O_APPEND 02000  /* include/uapi/asm-generic/fcntl.h */
#define O_DIRECT 040000 /* the same, as x86 leaves it */
#define NAME_BYTES 16
#define MOST_VECTORS 8

char LICENSE[] SEC("license") = "GPL";

/* Every process of the machine; else a tree. */
const volatile __u8 everything;

/* Calls and bytes on regular files of which d is not known. */
struct bytepath_copy_counts unplaced; /* more vectors than we follow, pwrite(2) with O_APPEND */
struct bytepath_copy_counts direct;   /* O_DIRECT: the CPU copies nothing */
struct bytepath_copy_counts lost;     /* there was no room */
__u64 compat_calls; /* by 32-bit programs, with a positive result: their numbers are others */

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 262144);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __type(key, struct bytepath_copy_key);
  __type(value, struct bytepath_copy_counts);
} copies SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 65536);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __type(key, __u32);
  __type(value, struct bytepath_copy_process);
} processes SEC(".maps");

static __always_inline bool is_looked_at(void) {
  return everything || state_of_current() == is_measured;
}

static __always_inline void add(struct bytepath_copy_counts* counts, __u64 bytes) {
  __sync_fetch_and_add(&counts->calls, 1);
  __sync_fetch_and_add(&counts->bytes, bytes);
}

static __always_inline void name_current(__u64 flags) {
  const __u32 process = bpf_get_current_pid_tgid() >> 32;
  struct task_struct* task = bpf_get_current_task_btf();
  struct bytepath_copy_process named = {.number = number_of_current() >> 32};

  bpf_probe_read_kernel(named.name, NAME_BYTES, task->group_leader->comm);
  bpf_map_update_elem(&processes, &process, &named, flags);
}

static __always_inline void count_copy(__u16 way, __u64 destination, __u64 source, __u64 bytes) {
  const struct bytepath_copy_key key = {.process = bpf_get_current_pid_tgid() >> 32,
                                        .offset = (destination - source) % BYTEPATH_COPY_OFFSETS,
                                        .way = way};
  const struct bytepath_copy_counts none = {};
  struct bytepath_copy_counts* counts = bpf_map_lookup_elem(&copies, &key);

  if (!counts) {
    name_current(BPF_NOEXIST);
    bpf_map_update_elem(&copies, &key, &none, BPF_NOEXIST);
    counts = bpf_map_lookup_elem(&copies, &key);
  }
  add(counts ? counts : &lost, bytes);
}

/* What a call is, of those that move bytes between a program and a file. */
struct call_kind {
  bool is_copy;
  bool is_write;
  bool at_offset; /* which the caller gives; else at the open file's position */
  bool is_vectored;
};

static __always_inline struct call_kind kind_of(__u64 number) {
  const bool is_write = number == __NR_write || number == __NR_pwrite64 || number == __NR_writev ||
                        number == __NR_pwritev || number == __NR_pwritev2;
  const bool at_offset = number == __NR_pread64 || number == __NR_pwrite64 ||
                         number == __NR_preadv || number == __NR_pwritev ||
                         number == __NR_preadv2 || number == __NR_pwritev2;
  const bool is_vectored = number == __NR_readv || number == __NR_writev || number == __NR_preadv ||
                           number == __NR_pwritev || number == __NR_preadv2 ||
                           number == __NR_pwritev2;
  const struct call_kind kind = {
      .is_copy = is_write || at_offset || is_vectored || number == __NR_read,
      .is_write = is_write,
      .at_offset = at_offset,
      .is_vectored = is_vectored};

  return kind;
}

static __always_inline void count_part(bool is_write, __u64 address, __u64 position, __u64 bytes) {
  if (is_write)
    count_copy(bytepath_copy_write, position, address, bytes);
  else
    count_copy(bytepath_copy_read, address, position, bytes);
}

struct user_vector {
  __u64 address;
  __u64 bytes;
};

static __always_inline void count_vectors(bool is_write, __u64 vectors, __u64 vector_count,
                                          __u64 position, __u64 bytes) {
  struct user_vector vector;

  for (__u32 i = 0; i < MOST_VECTORS && i < vector_count && bytes > 0; ++i) {
    if (bpf_probe_read_user(&vector, sizeof(vector), (void*)(vectors + i * sizeof(vector)))) break;
    if (vector.bytes > bytes) vector.bytes = bytes;
    if (vector.bytes) count_part(is_write, vector.address, position, vector.bytes);
    position += vector.bytes;
    bytes -= vector.bytes;
  }
  if (bytes > 0) add(&unplaced, bytes);
}

static __always_inline void count_call(struct call_kind kind, const struct pt_regs* registers,
                                       struct file* file, __u64 bytes) {
  const __u32 flags = BPF_CORE_READ(file, f_flags);
  __u64 position = kind.at_offset ? registers->r10 : ~0ULL;

  if (flags & O_DIRECT) {
    add(&direct, bytes);
    return;
  }
  /* pwrite(2), BUGS: with O_APPEND it writes at the end, whatever the offset. */
  if (kind.is_write && kind.at_offset && flags & O_APPEND) {
    add(&unplaced, bytes);
    return;
  }
  /* preadv2(2): -1 means the open file's own position. */
  if (position == ~0ULL) position = BPF_CORE_READ(file, f_pos) - bytes;
  if (kind.is_vectored)
    count_vectors(kind.is_write, registers->rsi, registers->rdx, position, bytes);
  else
    count_part(kind.is_write, registers->rsi, position, bytes);
}

SEC("raw_tp/sys_exit")
int leave_copy(struct bpf_raw_tracepoint_args* arguments) {
  const __s64 result = arguments->args[1];
  struct pt_regs* at = (void*)arguments->args[0];
  struct pt_regs registers;
  struct call_kind kind;
  struct file* file;
  __u64 number;

  if (result <= 0) return 0;
  if (bpf_get_current_task_btf()->thread_info.status & TS_COMPAT) {
    if (is_looked_at()) __sync_fetch_and_add(&compat_calls, 1);
    return 0;
  }
  if (bpf_probe_read_kernel(&number, sizeof(number), &at->orig_rax)) return 0;
  kind = kind_of(number);
  if (!kind.is_copy || !is_looked_at()) return 0;
  if (bpf_probe_read_kernel(&registers, sizeof(registers), at)) return 0;
  file = file_of_descriptor(registers.rdi);
  if (file && is_regular(file)) count_call(kind, &registers, file, result);
  return 0;
}

SEC("raw_tp/sched_process_fork")
int follow_child(struct bpf_raw_tracepoint_args* arguments) {
  follow_measured((void*)arguments->args[1]);
  return 0;
}

/* From here on a process of which copies are known goes by another name. */
SEC("raw_tp/sched_process_exec")
int execute_program(void* context) {
  const __u8 state = everything ? is_measured : state_of_current();

  if (state == not_measured) return 0;
  if (state == before_exec) measure_current();
  name_current(BPF_EXIST);
  return 0;
}

SEC("raw_tp/sched_process_exit")
int forget_process(void* context) {
  forget_current();
  return 0;
}
