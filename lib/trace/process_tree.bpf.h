// SPDX-License-Identifier: GPL-2.0-only
/* Which processes are traced, and by which numbers user space knows them. */
#pragma once
#include <linux/types.h>

#include <linux/bpf.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "kernel_types.h"

#define MAX_PID_LEVEL 32 /* MAX_PID_NS_LEVEL, include/linux/pid_namespace.h */
#define NO_PROCESS (~0U)

/* As the tracer's own PID namespace numbers it. */
const volatile __u32 root_process;
/* st_ino of the tracer's /proc/self/ns/pid; 0 where it is the initial namespace. */
const volatile __u32 pid_namespace;

/* The tgid of root_process while it is traced. */
__u32 root_tgid = NO_PROCESS;
/* In a namespace user space cannot know it: it is to be found by root_process. */
__u8 finding_root;

/* The tgids of the processes that root_process and its children started. */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 32768);
  __type(key, __u32);
  __type(value, __u8);
} children SEC(".maps");

/* What the tracer's PID namespace calls it; 0: it cannot be seen from there. */
static __always_inline __u32 number_in_namespace(struct pid* pid) {
  const __u32 level = BPF_CORE_READ(pid, level);
  struct upid* numbers = __builtin_preserve_access_index(&pid->numbers[0]);

  for (__u32 i = 0; i < MAX_PID_LEVEL && i <= level; ++i) {
    if (BPF_CORE_READ(numbers + i, ns, ns.inum) == pid_namespace)
      return BPF_CORE_READ(numbers + i, nr);
  }
  return 0;
}

/* process << 32 | thread of the current thread, as user space knows them. */
static __always_inline __u64 number_of_current(void) {
  struct task_struct* task;

  if (!pid_namespace) return bpf_get_current_pid_tgid();
  task = bpf_get_current_task_btf();
  return (__u64)number_in_namespace(task->group_leader->thread_pid) << 32 |
         number_in_namespace(task->thread_pid);
}

static __always_inline bool is_root(void) {
  struct task_struct* task = bpf_get_current_task_btf();

  if (!finding_root) return false;
  if (number_in_namespace(task->group_leader->thread_pid) != root_process) return false;
  root_tgid = task->tgid;
  finding_root = 0;
  return true;
}

/* The first thing that every program asks: most events are of others. */
static __always_inline bool is_traced(void) {
  const __u32 tgid = bpf_get_current_pid_tgid() >> 32;

  return tgid == root_tgid || bpf_map_lookup_elem(&children, &tgid) || is_root();
}

/* A traced process starts a child. False: there is no room to remember it. */
static __always_inline bool follow(struct task_struct* child) {
  const __u8 traced = 1;
  __u32 tgid;

  if (!is_traced()) return true;
  tgid = BPF_CORE_READ(child, tgid);
  if (tgid == bpf_get_current_pid_tgid() >> 32) return true; /* a thread */
  return !bpf_map_update_elem(&children, &tgid, &traced, BPF_ANY);
}

/* The number of a process that has ended may soon be that of a stranger. */
static __always_inline void forget_current(void) {
  const __u32 tgid = bpf_get_current_pid_tgid() >> 32;
  struct task_struct* task = bpf_get_current_task_btf();

  if (!is_traced() || task->signal->live.counter > 0) return;
  if (tgid == root_tgid)
    root_tgid = NO_PROCESS;
  else
    bpf_map_delete_elem(&children, &tgid);
}
