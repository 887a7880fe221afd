// SPDX-License-Identifier: GPL-2.0-only
/* The process tree without what the spawn helper does to start a program. */
#pragma once
#include "process_tree.bpf.h"

#define TS_COMPAT 2 /* arch/x86/include/asm/thread_info.h: a 32-bit call, whose numbers differ */

/* The root is the helper that starts the command, and none of what is measured. */
const volatile __u8 leave_out_root;

__u64 lost_processes;

/* A child of the helper sets up descriptors, rights and groups until it executes the program. */
enum { not_measured, is_measured /* as follow() sets it */, before_exec };

static __always_inline __u8 state_of_current(void) {
  const __u32 tgid = bpf_get_current_pid_tgid() >> 32;
  __u8* child;

  if (!is_traced()) return not_measured;
  if (tgid == root_tgid) return leave_out_root ? not_measured : is_measured;
  child = bpf_map_lookup_elem(&children, &tgid);
  return child ? *child : not_measured;
}

/* The current process executes the program. */
static __always_inline void measure_current(void) {
  const __u32 tgid = bpf_get_current_pid_tgid() >> 32;
  const __u8 state = is_measured;

  bpf_map_update_elem(&children, &tgid, &state, BPF_EXIST);
}

static __always_inline void follow_measured(struct task_struct* child) {
  const __u8 state = before_exec;
  __u32 tgid;

  if (!follow(child)) __sync_fetch_and_add(&lost_processes, 1);
  if (!leave_out_root || bpf_get_current_pid_tgid() >> 32 != root_tgid) return;
  tgid = BPF_CORE_READ(child, tgid);
  if (tgid != root_tgid) bpf_map_update_elem(&children, &tgid, &state, BPF_EXIST);
}
