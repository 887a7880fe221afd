// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which tier serves each access to a file: the page cache, readahead, a block device, a FUSE daemon
 * and what that has it from. By raw tracepoints and the software events of page faults alone:
 * hardened kernels refuse kprobes and fentry.
 *
 * No event goes to user space. The tracer's own accesses are described in own_access, which is
 * mapped; those of traced processes are added up here. A read that finds its page meets no program
 * of ours within the tracer's own accesses to a local file.
 */
#include <linux/types.h>

#include <linux/bpf.h>
#include <linux/bpf_perf_event.h>

#include "access_calls.bpf.h"
#include "access_requests.bpf.h"
#include "files.bpf.h"

char LICENSE[] SEC("license") = "GPL";

static __always_inline __u32 overlap(__u64 first, __u64 end, __u64 other_first, __u64 other_end) {
  if (first < other_first) first = other_first;
  if (end > other_end) end = other_end;
  return end > first ? end - first : 0;
}

/* Where a file's blocks lie is read through the page cache too, of the device: of another type. */
SEC("raw_tp/mm_filemap_add_to_page_cache")
int add_pages(struct bpf_raw_tracepoint_args* arguments) {
  struct folio* folio = (void*)arguments->args[0];
  struct bytepath_access* access = current_access();
  struct inode* inode;
  __u64 first;
  __u32 pages, missed, type;

  if (!access && !is_daemon()) return 0;
  pages = pages_of_folio(folio);
  first = index_of_folio(folio);
  inode = inode_of_folio(folio);
  type = BPF_CORE_READ(inode, i_mode) & S_IFMT;
  if (!access) {
    note_daemon_add((__u64)inode, type == S_IFBLK, first, first + pages);
    return 0;
  }
  if (type != access->file_type) return 0;
  missed = overlap(first, first + pages, access->first_page, access->last_page + 1);
  access->pages_added += pages;
  access->pages_missed += missed;
  if (missed && BPF_CORE_READ(inode, i_sb, s_bdev)) access->on_block_device = 1;
  return 0;
}

/* A thread leaves the CPU. */
SEC("raw_tp/sched_switch")
int switch_thread(struct bpf_raw_tracepoint_args* arguments) {
  struct task_struct* task = bpf_get_current_task_btf();
  struct bytepath_access* access;

  if (arguments->args[0] || !BPF_CORE_READ_BITFIELD_PROBED(task, in_iowait)) return 0;
  access = current_access();
  if (access)
    ++access->waits;
  else
    note_daemon_wait();
  return 0;
}

SEC("raw_tp/mm_filemap_get_pages")
int read_pages(struct bpf_raw_tracepoint_args* arguments) {
  struct address_space* mapping = (void*)arguments->args[0];

  if (is_daemon())
    note_daemon_pages((__u64)BPF_CORE_READ(mapping, host), arguments->args[1], arguments->args[2]);
  return 0;
}

/* The fault that the current thread is in; 0: none that is traced. */
static __always_inline struct bytepath_access* current_fault(void) {
  struct traced_thread* thread;

  if (is_own) return 0;
  thread = current_thread();
  return thread && thread->fault.number ? &thread->fault : 0;
}

SEC("raw_tp/mm_filemap_fault")
int fault_page(struct bpf_raw_tracepoint_args* arguments) {
  struct bytepath_access* fault = current_fault();

  if (!fault) {
    note_daemon_read();
    return 0;
  }
  fault->is_file = 1;
  fault->first_page = arguments->args[1];
  fault->last_page = arguments->args[1];
  fault->file_type = S_IFREG;
  return 0;
}

/* A fault mapped what was there, and with it its own page, unless fault_page() follows. */
SEC("raw_tp/mm_filemap_map_pages")
int map_pages(void* context) {
  struct bytepath_access* fault = current_fault();

  if (fault)
    fault->is_file = 1;
  else
    note_daemon_read();
  return 0;
}

static __always_inline int begin_fault(__u64 address) {
  struct traced_thread* thread;

  if (!is_measured()) return 0;
  thread = make_thread();
  if (!thread) return 0;
  if (thread->fault.number) count(&unresolved);
  __builtin_memset(&thread->fault, 0, sizeof(thread->fault));
  thread->fault.first_page = 1; /* not known: last_page is less */
  thread->fault_address = address;
  thread->fault.begin_ns = bpf_ktime_get_ns();
  thread->fault.number = ++thread->accesses;
  return 0;
}

SEC("raw_tp/page_fault_user")
int begin_user_fault(struct bpf_raw_tracepoint_args* arguments) {
  return begin_fault(arguments->args[0]);
}

SEC("raw_tp/page_fault_kernel")
int begin_kernel_fault(struct bpf_raw_tracepoint_args* arguments) {
  return begin_fault(arguments->args[0]);
}

static __always_inline int end_fault(struct bpf_perf_event_data* context, bool major) {
  struct traced_thread* thread;
  __u32 tier;

  if (!is_measured()) return 0;
  count(major ? &major_faults : &minor_faults);
  thread = current_thread();
  if (!thread || !thread->fault.number || (thread->fault_address ^ context->addr) >> PAGE_SHIFT) {
    count(&unpaired);
    return 0;
  }
  thread->fault.is_major = major;
  tier = bytepath_tier_of_fault(&thread->fault);
  count_access(&thread->fault, bytepath_access_fault, tier, PAGE_BYTES);
  thread->fault.number = 0;
  return 0;
}

SEC("perf_event")
int end_minor_fault(struct bpf_perf_event_data* context) { return end_fault(context, false); }

SEC("perf_event")
int end_major_fault(struct bpf_perf_event_data* context) { return end_fault(context, true); }

SEC("raw_tp/sched_process_fork")
int follow_child(struct bpf_raw_tracepoint_args* arguments) {
  struct task_struct* child = (void*)arguments->args[1];
  const __u32 process = BPF_CORE_READ(child, tgid);
  const __u8 known = 1;

  if (!is_own && !follow(child)) count(&lost_threads);
  if (is_daemon()) bpf_map_update_elem(&daemons, &process, &known, BPF_ANY);
  return 0;
}

SEC("raw_tp/sched_process_exit")
int forget_process(void* context) {
  const __u32 thread = bpf_get_current_pid_tgid();
  const __u32 process = bpf_get_current_pid_tgid() >> 32;

  bpf_map_delete_elem(&threads, &thread);
  if (bpf_get_current_task_btf()->signal->live.counter) return 0;
  bpf_map_delete_elem(&daemons, &process);
  if (!is_own) forget_current();
  return 0;
}
