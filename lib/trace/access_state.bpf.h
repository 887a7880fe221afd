// SPDX-License-Identifier: GPL-2.0-only
/* Whose accesses are labelled, and which one is open. */
#pragma once
#include "access_tier.h"
#include "process_tree.bpf.h"

/* The tracer reads files itself and says in own_access what it is about to do; or: processes are
 * traced whose accesses begin and end with system calls and faults. */
const volatile __u8 is_own;
/* The root is the helper that starts the command, and none of what is measured. */
const volatile __u8 leave_out_root;

__u64 lost_threads;
__u64 lost_requests;
__u64 unpaired;
__u64 unresolved;

/* Written by user space between accesses, and by the kernel side within them. */
struct bytepath_access own_access;

/* A read may fault while it copies: the fault is the inner one. */
struct traced_thread {
  struct bytepath_access read;
  struct bytepath_access fault;
  __u64 fault_address;
  __u64 accesses; /* so far: each has a number */
};

/* By the kernel's number of the thread, so that others can find it: whoever answers a request. */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 16384);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __type(key, __u32);
  __type(value, struct traced_thread);
} threads SEC(".maps");

static __always_inline void count(__u64* counter) { __sync_fetch_and_add(counter, 1); }

static __always_inline bool is_measured(void) {
  if (!is_traced()) return false;
  return !leave_out_root || bpf_get_current_pid_tgid() >> 32 != root_tgid;
}

static __always_inline struct traced_thread* current_thread(void) {
  const __u32 key = bpf_get_current_pid_tgid();

  return bpf_map_lookup_elem(&threads, &key);
}

static __always_inline struct traced_thread* make_thread(void) {
  const __u32 key = bpf_get_current_pid_tgid();
  struct traced_thread* thread = bpf_map_lookup_elem(&threads, &key);
  const struct traced_thread none = {};

  if (thread) return thread;
  bpf_map_update_elem(&threads, &key, &none, BPF_NOEXIST);
  thread = bpf_map_lookup_elem(&threads, &key);
  if (!thread) count(&lost_threads);
  return thread;
}

/* The access that the current thread is in; 0: none. */
static __always_inline struct bytepath_access* current_access(void) {
  struct traced_thread* thread;

  if (is_own) return own_access.number && is_traced() ? &own_access : 0;
  thread = current_thread();
  if (!thread) return 0;
  if (thread->fault.number) return &thread->fault;
  return thread->read.number ? &thread->read : 0;
}

/* That of a thread, if it is still the same one. */
static __always_inline struct bytepath_access* access_of(__u32 thread_key, __u64 number) {
  struct traced_thread* thread;

  if (is_own) return own_access.number == number ? &own_access : 0;
  thread = bpf_map_lookup_elem(&threads, &thread_key);
  if (!thread) return 0;
  if (thread->fault.number == number) return &thread->fault;
  return thread->read.number == number ? &thread->read : 0;
}
