// SPDX-License-Identifier: GPL-2.0-only
/* Times in which a thread did not run because of a mount. */
#pragma once
#include <asm/ptrace.h>
#include <asm/unistd_64.h>

#include "mount_pages.bpf.h"
#include "mount_requests.bpf.h"

#define PF_IO_WORKER 0x10 /* include/linux/sched.h: reads for a thread that uses io_uring */

struct sleep {
  struct bytepath_stall_event event; /* but its end */
  __u64 sequence; /* of the read, where it is not known yet that it was the mount's */
  __u8 is_of_mount;
};

/* The threads that sleep now, by the kernel's number, and the last sleep of those that may have
 * been about a mount. The scheduler's tracepoint cannot look at the storage of the thread that
 * comes. */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 32768);
  __type(key, __u32);
  __type(value, struct sleep);
} sleeping SEC(".maps");

static __always_inline void tell_stall(struct bytepath_stall_event* event) {
  if (bpf_ringbuf_output(&ring, event, sizeof(*event), BPF_RB_NO_WAKEUP)) count(&lost_stalls);
}

static __always_inline void describe_access(struct bytepath_stall_event* event,
                                            struct page_access* access, __u16 cause) {
  event->cause = cause;
  event->device = access->device;
  event->inode = access->inode;
  event->page = access->page;
}

/* The thread read a page that another's readahead had under way: its last sleep was for that. */
static __always_inline void note_stall(struct mount_thread* thread, struct page_access* read) {
  const __u32 key = bpf_get_current_pid_tgid();
  struct sleep* sleep = bpf_map_lookup_elem(&sleeping, &key);
  struct task_struct* task = bpf_get_current_task_btf();

  if (!sleep) return;
  if (!sleep->is_of_mount && sleep->event.end_ns && sleep->sequence == reads_done()) {
    describe_access(&sleep->event, read, bytepath_cause_read);
    tell_stall(&sleep->event);
    /* What io_uring's worker waits for was missed by the thread that it works for; and a later
     * batch may wait for what an earlier one missed. */
    if (!(task->flags & PF_IO_WORKER) && read->page >= read->missed_end)
      tell_access(thread, read, 1, 0, bytepath_way_read, bytepath_outcome_late);
  }
  bpf_map_delete_elem(&sleeping, &key);
}

/* The request that the current thread waits for. */
static __always_inline struct bytepath_request_event* open_request(struct mount_thread* thread) {
  struct bytepath_request_event* request;

  if (!thread->request) return 0;
  request = bpf_map_lookup_elem(&requests, &thread->request);
  if (request && request->begin_ns == thread->request_ns) return request;
  thread->request = 0;
  return 0;
}

/* Is it in a system call that reads a file, and is over when reads_done() is one more? In others it
 * may sleep for a disk too, and a read that finds its page is no late one then. */
static __always_inline bool is_reading(struct mount_thread* thread) {
  struct task_struct* task = bpf_get_current_task_btf();
  struct pt_regs registers = {};
  struct file* file;
  __u64 position;

  thread->slept_first = ~0ULL;
  if (task->flags & PF_IO_WORKER) return true;
  bpf_probe_read_kernel(&registers, sizeof(registers), (void*)bpf_task_pt_regs(task));
  switch (registers.orig_rax) {
    case __NR_read:
      file = file_of_descriptor(registers.rdi);
      position = BPF_CORE_READ(file, f_pos);
      break;
    case __NR_pread64:
      position = registers.r10;
      break;
    case __NR_readv:
    case __NR_preadv:
    case __NR_preadv2:
    case __NR_sendfile:
    case __NR_copy_file_range:
    case __NR_execve:
    case __NR_execveat:
      return true;
    default:
      return false;
  }
  thread->slept_first = position >> PAGE_SHIFT;
  thread->slept_last = (position + registers.rdx - 1) >> PAGE_SHIFT;
  return true;
}

/* Why the current thread goes to sleep, if a mount may be the reason. What the application sees
 * comes first: the request below it is the mount's own way to the page. */
static __always_inline bool begin_sleep(struct mount_thread* thread, struct sleep* sleep) {
  struct task_struct* task = bpf_get_current_task_btf();
  struct bytepath_request_event* request = open_request(thread);

  sleep->is_of_mount = 1;
  if (request) sleep->event.opcode = request->opcode;
  if (is_in_fault(thread)) {
    describe_access(&sleep->event, &thread->fault, bytepath_cause_fault);
    if (!thread->fault_told) {
      thread->fault_told = 1;
      tell_access(thread, &thread->fault, 1, 0, bytepath_way_fault, bytepath_outcome_late);
    }
    return true;
  }
  for (int place = 0; place < READ_PLACES; ++place) {
    struct page_access* read = &thread->reads[place];
    if (!read->want_end || read->sequence != reads_done()) continue;
    describe_access(&sleep->event, read, bytepath_cause_read);
    return true;
  }
  if (request) {
    sleep->event.cause = bytepath_cause_request;
    sleep->event.device = request->device;
    sleep->event.inode = request->inode;
    sleep->event.page = request->offset >> PAGE_SHIFT;
    return true;
  }
  if (!BPF_CORE_READ_BITFIELD_PROBED(task, in_iowait) || !is_reading(thread)) return false;
  sleep->event.cause = bytepath_cause_read;
  sleep->sequence = reads_done();
  sleep->is_of_mount = 0;
  thread->slept = 1;
  return true;
}

static __always_inline void leave_cpu(__u64 now) {
  const __u32 key = bpf_get_current_pid_tgid();
  struct mount_thread* thread = current_thread(0);
  struct sleep sleep = {};
  struct sleep* before;
  __u64 number;

  if (!thread || !begin_sleep(thread, &sleep)) return;
  number = number_of(thread);
  sleep.event.kind = bytepath_mount_stall;
  sleep.event.is_target = is_target(thread);
  sleep.event.process = number >> 32;
  sleep.event.thread = number;
  sleep.event.begin_ns = now;
  if (!sleep.is_of_mount) {
    before = bpf_map_lookup_elem(&sleeping, &key); /* of the same read: a longer sleep */
    if (before && !before->is_of_mount && before->sequence == sleep.sequence &&
        before->event.end_ns)
      sleep.event.begin_ns -= before->event.end_ns - before->event.begin_ns;
  }
  if (bpf_map_update_elem(&sleeping, &key, &sleep, BPF_ANY)) count(&lost_stalls);
}

static __always_inline void come_back(__u32 key, __u64 now) {
  struct sleep* sleep = bpf_map_lookup_elem(&sleeping, &key);

  if (!sleep || sleep->event.end_ns) return;
  sleep->event.end_ns = now;
  if (!sleep->is_of_mount) return; /* read_pages() may know */
  tell_stall(&sleep->event);
  bpf_map_delete_elem(&sleeping, &key);
}

SEC("raw_tp/sched_switch")
int switch_thread(struct bpf_raw_tracepoint_args* arguments) {
  const bool preempted = arguments->args[0];
  struct task_struct* next = (void*)arguments->args[2];
  const __u64 now = bpf_ktime_get_ns();

  if (!preempted) leave_cpu(now);
  come_back(BPF_CORE_READ(next, pid), now);
  return 0;
}
