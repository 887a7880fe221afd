// SPDX-License-Identifier: GPL-2.0-only
/* The programs that are looked at, and how a distance becomes a key. */
#pragma once
#include "copy_sample.h"
#include "measured_tree.bpf.h"

/* Every process of the host, and not only a tree. */
const volatile __u8 everything;

/* Samples or copies of programs that found no room. */
__u64 dropped_programs;

static __always_inline void count(__u64* counter) { __sync_fetch_and_add(counter, 1); }

static __always_inline bool is_looked_at(void) {
  return everything || state_of_current() == is_measured;
}

static __always_inline struct bytepath_program current_program(void) {
  struct task_struct* task = bpf_get_current_task_btf();
  struct bytepath_program program = {};

  program.started_ns = task->group_leader->start_boottime;
  program.process = task->tgid;
  program.execs = task->self_exec_id;
  return program;
}

SEC("raw_tp/sched_process_fork")
int follow_child(struct bpf_raw_tracepoint_args* arguments) {
  follow_measured((void*)arguments->args[1]);
  return 0;
}

SEC("raw_tp/sched_process_exec")
int execute_program(void* context) {
  if (state_of_current() == before_exec) measure_current();
  return 0;
}

SEC("raw_tp/sched_process_exit")
int forget_process(void* context) {
  forget_current();
  return 0;
}
