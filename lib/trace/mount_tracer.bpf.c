// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a mount that loads lazily does, from the page cache's hits down to the sockets of its
 * daemon, by raw tracepoints alone: hardened kernels refuse kprobes and fentry.
 *
 * What happens often (pages that are there) is counted in a map; what costs time (misses, requests,
 * sleeps) is an event, which wakes nobody up.
 */
#include <linux/types.h>

#include <linux/bpf.h>

#include "mount_pages.bpf.h"
#include "mount_requests.bpf.h"
#include "mount_sockets.bpf.h"
#include "mount_stalls.bpf.h"

char LICENSE[] SEC("license") = "GPL";

SEC("raw_tp/sched_process_fork")
int follow_child(struct bpf_raw_tracepoint_args* arguments) {
  struct task_struct* child = (void*)arguments->args[1];
  const __u32 process = BPF_CORE_READ(child, tgid);
  const __u8 known = 1;

  if (target_kind == TARGET_TREE && !follow(child)) count(&lost_accesses);
  if (is_daemon()) bpf_map_update_elem(&daemons, &process, &known, BPF_ANY);
  return 0;
}

SEC("raw_tp/sched_process_exit")
int forget_process(void* context) {
  const __u32 thread = bpf_get_current_pid_tgid();
  const __u32 process = bpf_get_current_pid_tgid() >> 32;
  struct mount_thread* known = current_thread(0);

  if (known)
    for (int place = 0; place < READ_PLACES; ++place) tell_rest(known, &known->reads[place]);
  bpf_map_delete_elem(&sleeping, &thread);
  if (!bpf_get_current_task_btf()->signal->live.counter) bpf_map_delete_elem(&daemons, &process);
  if (target_kind == TARGET_TREE) forget_current();
  return 0;
}
