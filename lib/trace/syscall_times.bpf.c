// SPDX-License-Identifier: GPL-2.0-only
/*
 * How often each system call is made and how long it takes, by the raw tracepoints that every call
 * passes. Nothing of a single call goes to user space: each CPU adds up into its own part of a map
 * that user space has mapped. The tracepoints run with preemption off and not in interrupts, so a
 * part has one writer at a time and needs no atomic operation.
 *
 * The time of a call is from the last thing that the one program does to the first that the other
 * does: what the programs themselves take is not in it.
 */
#include <asm/unistd_64.h>
#include <linux/types.h>

#include <linux/bpf.h>

#include "measured_tree.bpf.h"
#include "syscall_counts.h"

#define MAX_ERRNO 4095 /* include/linux/err.h */
#define NO_CALL (~0U)

char LICENSE[] SEC("license") = "GPL";

/* As many entries as there may be CPUs. */
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(map_flags, BPF_F_MMAPABLE);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, struct bytepath_cpu_syscalls);
} cpus SEC(".maps");

struct open_call {
  __u64 begin_ns;
  __u32 number; /* NO_CALL: none is open */
};

/* With the thread itself: found without a search, gone with the thread, and the same one after an
 * execve(2) that gave the thread another number. Linux 5.12 */
struct {
  __uint(type, BPF_MAP_TYPE_TASK_STORAGE);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __type(key, int);
  __type(value, struct open_call);
} threads SEC(".maps");

static __always_inline struct bytepath_cpu_syscalls* own_part(void) {
  const __u32 cpu = bpf_get_smp_processor_id();

  return bpf_map_lookup_elem(&cpus, &cpu);
}

static __always_inline struct bytepath_syscall_counts* counts_of(struct bytepath_cpu_syscalls* part,
                                                                 __u64 number) {
  if (number >= BYTEPATH_OTHER_SYSCALLS) number = BYTEPATH_OTHER_SYSCALLS;
  /* The verifier is to see the bound where the compiler knows that it is kept. */
  asm volatile("%0 &= 511" : "+r"(number));
  return &part->calls[number];
}

static __always_inline void count_time(struct bytepath_cpu_syscalls* part,
                                       struct bytepath_syscall_counts* counts, __u64 time) {
  const __u64 bucket = histogram_bucket(time);
  __u64 octave = bucket >> HISTOGRAM_BUCKET_BITS;
  __u64 column = bucket & (BYTEPATH_OCTAVE_BUCKETS - 1);
  __u64 row;

  asm volatile("%0 &= 63" : "+r"(octave));
  row = counts->rows[octave];
  if (!row) {
    if (part->rows_used + 1 >= BYTEPATH_OCTAVE_ROWS) {
      ++part->lost_times;
      return;
    }
    row = ++part->rows_used;
    counts->rows[octave] = row;
  }
  asm volatile("%0 &= 511" : "+r"(row));
  asm volatile("%0 &= 63" : "+r"(column));
  ++part->times[row][column];
}

static __always_inline bool is_exec(__u64 number) {
  return number == __NR_execve || number == __NR_execveat;
}

/* For a thread's first call that counts. */
static __always_inline struct open_call* make_thread(struct task_struct* task, __u64 number) {
  const __u8 state = state_of_current();
  struct bytepath_cpu_syscalls* part;
  struct open_call* call;

  if (state == not_measured || (state == before_exec && !is_exec(number))) return 0;
  if (state == before_exec) measure_current();
  call = bpf_task_storage_get(&threads, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
  if (call) return call;
  part = own_part();
  if (part) ++part->lost_calls;
  return 0;
}

SEC("raw_tp/sys_enter")
int enter_call(struct bpf_raw_tracepoint_args* arguments) {
  struct task_struct* task = bpf_get_current_task_btf();
  struct open_call* call = bpf_task_storage_get(&threads, task, 0, 0);
  const __u64 number = arguments->args[1];
  struct bytepath_cpu_syscalls* part;

  if (!call) call = make_thread(task, number);
  if (!call) return 0;
  if (task->thread_info.status & TS_COMPAT) {
    call->number = NO_CALL;
    part = own_part();
    if (part) ++part->compat_calls;
    return 0;
  }
  call->number = number < BYTEPATH_OTHER_SYSCALLS ? number : BYTEPATH_OTHER_SYSCALLS;
  call->begin_ns = bpf_ktime_get_ns();
  return 0;
}

SEC("raw_tp/sys_exit")
int leave_call(struct bpf_raw_tracepoint_args* arguments) {
  struct task_struct* task = bpf_get_current_task_btf();
  struct open_call* call = bpf_task_storage_get(&threads, task, 0, 0);
  const __s64 result = arguments->args[1];
  struct bytepath_syscall_counts* counts;
  struct bytepath_cpu_syscalls* part;
  __u64 time;

  if (!call) return 0;
  time = bpf_ktime_get_ns() - call->begin_ns;
  part = own_part();
  if (!part) return 0;
  if (call->number == NO_CALL) {
    if (!(task->thread_info.status & TS_COMPAT)) ++part->unpaired_calls;
    return 0;
  }
  counts = counts_of(part, call->number);
  call->number = NO_CALL;
  ++counts->returned;
  counts->total_ns += time;
  if (time > counts->most_ns) counts->most_ns = time;
  if (result > 0)
    counts->results += result;
  else if (result < 0 && result >= -MAX_ERRNO)
    ++counts->errors;
  count_time(part, counts, time);
  return 0;
}

SEC("raw_tp/sched_process_fork")
int follow_child(struct bpf_raw_tracepoint_args* arguments) {
  follow_measured((void*)arguments->args[1]);
  return 0;
}

/* A thread ends within exit(2): of a call that a deadly signal ends the kernel reports the end. */
SEC("raw_tp/sched_process_exit")
int end_thread(void* context) {
  struct open_call* call = bpf_task_storage_get(&threads, bpf_get_current_task_btf(), 0, 0);
  struct bytepath_cpu_syscalls* part = own_part();

  if (call && part && call->number != NO_CALL) {
    ++counts_of(part, call->number)->unreturned;
    call->number = NO_CALL;
  }
  forget_current();
  return 0;
}
