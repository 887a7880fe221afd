// SPDX-License-Identifier: GPL-2.0-only
/* What each traced thread does. */
#pragma once
#include "fault_event.h"
#include "process_tree.bpf.h"
#include "ring.bpf.h"

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

/* The state of the current thread, of which is_traced() is known. */
static __always_inline struct thread_state* state_of_thread(__u64 flags) {
  return bpf_task_storage_get(&threads, bpf_get_current_task_btf(), 0, flags);
}

/* process << 32 | thread, as user space knows them. */
static __always_inline __u64 number_of_thread(struct thread_state* state) {
  const __u64 id = bpf_get_current_pid_tgid();

  if (!pid_namespace) return id;
  if (state->id != id) {
    state->number = number_of_current();
    state->id = id;
  }
  return state->number;
}
