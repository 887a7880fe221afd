// SPDX-License-Identifier: GPL-2.0-only
/* Which processes are traced, by which numbers user space knows them, and what each thread does. */
#pragma once
#include <linux/types.h>

#include <linux/bpf.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "fault_event.h"
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

__u64 lost_faults;
__u64 lost_others;
__u64 unpaired;
__u64 unresolved;

struct open_fault {
  __u64 time_ns; /* 0: none is open */
  __u64 address;
  __u64 switches;
  __u32 pages_added;
  __u32 fuse_requests;
  bool from_kernel;
};

struct thread_state {
  __u64 id; /* for which number is right: a thread that calls execve(2) gets its leader's */
  __u64 number;
  bool has_faulted; /* before it does, an end is of a fault that began before the tracer did */
  struct open_fault fault;
  struct bytepath_call call; /* kind 0: none is open */
};

struct {
  __uint(type, BPF_MAP_TYPE_TASK_STORAGE);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __type(key, int);
  __type(value, struct thread_state);
} threads SEC(".maps");

/* The tgids of the processes that root_process and its children started. */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 32768);
  __type(key, __u32);
  __type(value, __u8);
} children SEC(".maps");

/* Made and read by RingReader; the size here is only what libbpf wants to see. */
struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 4096);
} ring SEC(".maps");

static __always_inline void count(__u64* counter) { __sync_fetch_and_add(counter, 1); }

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

/* The state of the current thread, of which is_traced() is known. */
static __always_inline struct thread_state* state_of_thread(__u64 flags) {
  return bpf_task_storage_get(&threads, bpf_get_current_task_btf(), 0, flags);
}

/* process << 32 | thread, as user space knows them. */
static __always_inline __u64 number_of_thread(struct thread_state* state) {
  const __u64 id = bpf_get_current_pid_tgid();
  struct task_struct* task;

  if (!pid_namespace) return id;
  if (state->id != id) {
    task = bpf_get_current_task_btf();
    state->number = (__u64)number_in_namespace(task->group_leader->thread_pid) << 32 |
                    number_in_namespace(task->thread_pid);
    state->id = id;
  }
  return state->number;
}
