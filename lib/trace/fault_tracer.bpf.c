// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page faults of a process tree from beginning to end, without kprobes and fentry, which hardened
 * kernels refuse.
 *
 * A fault begins with the exception's tracepoint and ends with the software event minor-faults or
 * major-faults, which the kernel counts when handle_mm_fault() is done (mm_account_fault(),
 * mm/memory.c). What is between lies in the thread's storage; one record a fault goes to user
 * space, without waking it. What costs time hangs on rare events: what comes into the page cache,
 * FUSE requests, system calls on memory and files.
 */
#include <linux/types.h>

#include <linux/bpf.h>
#include <linux/bpf_perf_event.h>

#include "fault_calls.bpf.h"
#include "fault_threads.bpf.h"
#include "files.bpf.h"

#define PAGE_SHIFT 12

char LICENSE[] SEC("license") = "GPL";

static __always_inline int begin_fault(struct bpf_raw_tracepoint_args* arguments,
                                       bool from_kernel) {
  struct task_struct* task;
  struct thread_state* state;

  if (!is_traced()) return 0;
  state = state_of_thread(BPF_LOCAL_STORAGE_GET_F_CREATE);
  if (!state) {
    count(&lost_faults);
    return 0;
  }
  if (state->fault.time_ns) count(&unresolved);
  task = bpf_get_current_task_btf();
  state->has_faulted = true;
  state->fault.address = arguments->args[0];
  state->fault.switches = task->nvcsw;
  state->fault.pages_added = 0;
  state->fault.fuse_requests = 0;
  state->fault.from_kernel = from_kernel;
  state->fault.time_ns = bpf_ktime_get_ns();
  return 0;
}

SEC("raw_tp/page_fault_user")
int begin_user_fault(struct bpf_raw_tracepoint_args* arguments) {
  return begin_fault(arguments, false);
}

SEC("raw_tp/page_fault_kernel")
int begin_kernel_fault(struct bpf_raw_tracepoint_args* arguments) {
  return begin_fault(arguments, true);
}

static __always_inline int end_fault(struct bpf_perf_event_data* context, bool major) {
  struct task_struct* task;
  struct thread_state* state;
  struct bytepath_fault* event;
  __u64 begun_ns, number;

  if (!is_traced()) return 0;
  state = state_of_thread(0);
  if (!state || !state->has_faulted) return 0;
  begun_ns = state->fault.time_ns;
  state->fault.time_ns = 0;
  if (!begun_ns || (state->fault.address ^ context->addr) >> PAGE_SHIFT) {
    count(&unpaired);
    return 0;
  }
  number = number_of_thread(state);
  event = bpf_ringbuf_reserve(&ring, sizeof(*event), 0);
  if (!event) {
    count(&lost_faults);
    return 0;
  }
  task = bpf_get_current_task_btf();
  event->kind = bytepath_event_fault;
  event->major = major;
  event->from_kernel = state->fault.from_kernel;
  event->process = number >> 32;
  event->thread = number;
  event->pages_added = state->fault.pages_added;
  event->time_ns = begun_ns;
  event->duration_ns = bpf_ktime_get_ns() - begun_ns;
  event->address = state->fault.address;
  event->instruction = context->regs.rip;
  event->fuse_requests = state->fault.fuse_requests;
  event->switches = task->nvcsw - state->fault.switches;
  bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
  return 0;
}

SEC("perf_event")
int end_minor_fault(struct bpf_perf_event_data* context) { return end_fault(context, false); }

SEC("perf_event")
int end_major_fault(struct bpf_perf_event_data* context) { return end_fault(context, true); }

SEC("raw_tp/sched_process_fork")
int follow_child(struct bpf_raw_tracepoint_args* arguments) {
  if (!follow((void*)arguments->args[1])) count(&lost_others);
  return 0;
}

SEC("raw_tp/sched_process_exit")
int forget_process(void* context) {
  forget_current();
  return 0;
}

SEC("raw_tp/mm_filemap_add_to_page_cache")
int add_to_page_cache(struct bpf_raw_tracepoint_args* arguments) {
  struct folio* folio = (void*)arguments->args[0];
  struct bytepath_pages_added* event;
  struct thread_state* state;
  struct inode* inode;
  __u64 number;
  __u32 pages;

  if (!is_traced()) return 0;
  state = state_of_thread(BPF_LOCAL_STORAGE_GET_F_CREATE);
  if (!state) {
    count(&lost_others);
    return 0;
  }
  pages = pages_of_folio(folio);
  state->fault.pages_added += pages;
  state->call.pages_added += pages;
  number = number_of_thread(state);
  inode = inode_of_folio(folio);
  event = bpf_ringbuf_reserve(&ring, sizeof(*event), 0);
  if (!event) {
    count(&lost_others);
    return 0;
  }
  event->kind = bytepath_event_pages_added;
  event->in_fault = state->fault.time_ns != 0;
  event->written = 0;
  event->process = number >> 32;
  event->thread = number;
  event->pages = pages;
  event->time_ns = bpf_ktime_get_ns();
  event->first_page = index_of_folio(folio);
  event->device = BPF_CORE_READ(inode, i_sb, s_dev);
  event->inode = BPF_CORE_READ(inode, i_ino);
  if (state->call.kind && state->call.call == bytepath_call_write)
    event->written = state->call.inode == event->inode && state->call.device == event->device;
  bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
  return 0;
}

SEC("raw_tp/fuse_request_send")
int send_fuse_request(void* context) {
  struct thread_state* state;

  if (!is_traced()) return 0;
  state = state_of_thread(0);
  if (state) ++state->fault.fuse_requests;
  return 0;
}

SEC("raw_tp/sys_enter")
int enter_call(struct bpf_raw_tracepoint_args* arguments) {
  const long number = arguments->args[1];
  struct task_struct* task;
  struct thread_state* state;
  struct pt_regs registers;

  if (!moves_weights(number) || !is_traced()) return 0;
  task = bpf_get_current_task_btf();
  if (task->thread_info.status & TS_COMPAT) return 0;
  state = state_of_thread(BPF_LOCAL_STORAGE_GET_F_CREATE);
  if (!state) {
    count(&lost_others);
    return 0;
  }
  if (state->fault.time_ns) { /* whoever makes a call is in no fault any more */
    state->fault.time_ns = 0;
    count(&unresolved);
  }
  if (bpf_probe_read_kernel(&registers, sizeof(registers), (void*)arguments->args[0])) return 0;
  __builtin_memset(&state->call, 0, sizeof(state->call));
  if (!begin_call(&state->call, number, &registers)) return 0;
  state->call.time_ns = bpf_ktime_get_ns();
  state->call.kind = bytepath_event_call;
  return 0;
}

SEC("raw_tp/sys_exit")
int leave_call(struct bpf_raw_tracepoint_args* arguments) {
  const long result = arguments->args[1];
  struct thread_state* state;
  __u64 number;

  if (!is_traced()) return 0;
  state = state_of_thread(0);
  if (!state || !state->call.kind) return 0;
  if (end_call(&state->call, result)) {
    state->call.duration_ns = bpf_ktime_get_ns() - state->call.time_ns;
    number = number_of_thread(state);
    state->call.process = number >> 32;
    state->call.thread = number;
    if (bpf_ringbuf_output(&ring, &state->call, sizeof(state->call), BPF_RB_NO_WAKEUP))
      count(&lost_others);
  }
  state->call.kind = 0;
  return 0;
}
