// SPDX-License-Identifier: GPL-2.0-only
/* Which mounts and whose doings are traced, and what each thread is about on such a mount. */
#pragma once
#include "mount_event.h"
#include "process_tree.bpf.h"
#include "ring.bpf.h"

const volatile __u32 devices[BYTEPATH_MOST_DEVICES];
const volatile __u32 device_count;

/* Whose accesses are the target's: everybody's, a process tree's, a control group's. */
#define TARGET_ALL 0
#define TARGET_TREE 1
#define TARGET_CGROUP 2
const volatile __u32 target_kind;
const volatile __u64 target_cgroup; /* its id */
#define MOST_CGROUP_LEVELS 24

__u64 lost_requests;
__u64 lost_accesses;
__u64 lost_stalls;
__u64 lost_transfers;
__u64 lost_files;
__u64 lost_heat;
__u64 unmatched;

/* A read(2) or a fault is told from the next one by a count that the kernel keeps of those that a
 * thread has completed: task->ioac.syscr, task->min_flt + task->maj_flt. That costs no system call
 * tracepoint, and a fault that is tried again (VM_FAULT_RETRY) keeps its number. */
struct page_access {
  __u64 sequence;
  __u64 inode;
  __u64 page;        /* where the last batch began; of a fault its page */
  __u64 last;        /* page of the read */
  __u64 want_first;  /* from here on pages were found missing, in a read */
  __u64 want_end;    /* up to here; 0: none were */
  __u64 added_first; /* what this thread put into the page cache meanwhile, missing or ahead */
  __u64 added_end;
  __u64 missed_end; /* up to here the read's pages are told to have been missed */
  __u32 missed;     /* of the pages that it is about, and were not told of yet */
  __u32 device;     /* 0: no access */
};

/* A mount that reads its image from a file of another one does so within the read of its own file:
 * each mount has its own place, by its number. More of them share one. */
#define READ_PLACES 4

struct mount_thread {
  __u64 id;     /* for which number is right: execve(2) gives a thread its leader's */
  __u64 number; /* process << 32 | thread, as user space knows them */
  struct page_access reads[READ_PLACES];
  struct page_access fault;
  __u64 mapped;      /* faults_done() + 1 of the last fault that mapped pages around; 0: none */
  __u64 request;     /* that it waits for: its address, while it is in `requests`; 0: none */
  __u64 request_ns;  /* when it was sent: its address may by now be that of another */
  __u64 slept_first; /* pages of the read in which it slept last; ~0: not known */
  __u64 slept_last;
  __u8 origin;     /* 0: not looked at yet; ORIGIN_ */
  __u8 slept;      /* in a read of something, which may have been the mount */
  __u8 fault_told; /* that it missed, or was late */
};
#define ORIGIN_TARGET 1
#define ORIGIN_OTHER 2

struct {
  __uint(type, BPF_MAP_TYPE_TASK_STORAGE);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __type(key, int);
  __type(value, struct mount_thread);
} threads SEC(".maps");

#define NOT_WATCHED (~0U)

/* Its number among the devices, those that the application sees first. */
static __always_inline __u32 watched_number(__u32 device) {
  for (__u32 i = 0; i < BYTEPATH_MOST_DEVICES; ++i) {
    if (i >= device_count) break;
    if (devices[i] == device) return i;
  }
  return NOT_WATCHED;
}

static __always_inline bool is_watched(__u32 device) {
  return watched_number(device) != NOT_WATCHED;
}

static __always_inline struct mount_thread* current_thread(__u64 flags) {
  return bpf_task_storage_get(&threads, bpf_get_current_task_btf(), 0, flags);
}

/* A namespace does not tell how deep its control groups really lie. */
static __always_inline bool is_in_cgroup(void) {
  for (int level = 0; level < MOST_CGROUP_LEVELS; ++level) {
    const __u64 id = bpf_get_current_ancestor_cgroup_id(level);
    if (!id) return false;
    if (id == target_cgroup) return true;
  }
  return false;
}

/* What the kernel does for nobody in particular (a loop device's worker) is done for the target. */
static __always_inline bool is_target_process(void) {
  if (target_kind == TARGET_ALL || !bpf_get_current_task_btf()->mm) return true;
  if (target_kind == TARGET_CGROUP) return is_in_cgroup();
  return is_traced();
}

static __always_inline bool is_target(struct mount_thread* thread) {
  if (target_kind == TARGET_ALL) return true;
  if (target_kind == TARGET_CGROUP) return is_target_process(); /* it may be moved */
  if (!thread->origin || finding_root)
    thread->origin = is_target_process() ? ORIGIN_TARGET : ORIGIN_OTHER;
  return thread->origin == ORIGIN_TARGET;
}

static __always_inline __u64 number_of(struct mount_thread* thread) {
  const __u64 id = bpf_get_current_pid_tgid();

  if (thread->id != id) {
    thread->number = number_of_current();
    thread->id = id;
  }
  return thread->number;
}

static __always_inline __u64 reads_done(void) { return bpf_get_current_task_btf()->ioac.syscr; }

static __always_inline __u64 faults_done(void) {
  struct task_struct* task = bpf_get_current_task_btf();

  return task->min_flt + task->maj_flt;
}

static __always_inline bool is_in_fault(struct mount_thread* thread) {
  return thread->fault.device && thread->fault.sequence == faults_done();
}
