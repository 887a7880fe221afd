// SPDX-License-Identifier: GPL-2.0-only
/* The programs that are looked at, and how a distance becomes a key. */
#pragma once
#include "copy_sample.h"
#include "process_tree.bpf.h"

/* Every process of the host, and not only the tree of root_process. */
const volatile __u8 all_processes;
/* The root is the helper that starts the command, and none of what is measured. */
const volatile __u8 leave_out_root;

/* Samples or copies of programs that found no room. */
__u64 dropped_programs;

static __always_inline void count(__u64* counter) { __sync_fetch_and_add(counter, 1); }

/* What the helper runs itself; its child sets up descriptors and rights until it executes the
 * command, which makes this number another one. */
__u64 execs_of_root;

static __always_inline bool is_measured(void) {
  if (all_processes) return true;
  if (!is_traced()) return false;
  return !leave_out_root || (bpf_get_current_pid_tgid() >> 32 != root_tgid &&
                             bpf_get_current_task_btf()->self_exec_id != execs_of_root);
}

static __always_inline struct bytepath_program current_program(void) {
  struct task_struct* task = bpf_get_current_task_btf();
  struct bytepath_program program = {};

  program.started_ns = task->group_leader->start_boottime;
  program.process = task->tgid;
  program.execs = task->self_exec_id;
  return program;
}

static __always_inline __u16 offset_of(__u64 destination, __u64 source) {
  const __u16 offset = (destination - source) & (bytepath_copy_offsets - 1);

  if (offset < bytepath_copy_exact_offsets) return offset;
  return offset & ~(bytepath_copy_exact_offsets - 1);
}

SEC("raw_tp/sched_process_fork")
int follow_child(struct bpf_raw_tracepoint_args* arguments) {
  if (bpf_get_current_pid_tgid() >> 32 == root_tgid)
    execs_of_root = bpf_get_current_task_btf()->self_exec_id;
  if (!follow((void*)arguments->args[1])) count(&dropped_programs);
  return 0;
}

SEC("raw_tp/sched_process_exit")
int forget_process(void* context) {
  forget_current();
  return 0;
}
