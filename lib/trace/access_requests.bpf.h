// SPDX-License-Identifier: GPL-2.0-only
/* What an access asks others for: block devices, and FUSE daemons with what they ask in turn. */
#pragma once
#include "access_state.bpf.h"

#define FUSE_READ 15 /* linux/fuse.h */

/* Under way, by the request's address. */
struct access_request {
  __u64 number; /* of the access */
  __u32 thread;
  __u32 reserved;
  __u64 daemon_waits; /* when it was sent */
  __u64 daemon_reads;
};

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 16384);
  __type(key, __u64);
  __type(value, struct access_request);
} requests SEC(".maps");

/* The processes that answer. */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 1024);
  __type(key, __u32);
  __type(value, __u8);
} daemons SEC(".maps");

/* What a thread of a daemon did since its last answer. */
struct daemon_thread {
  __u32 waits;    /* times that it slept for I/O, and reads that I/O was done for */
  __u32 reads;    /* reads and faults through the page cache */
  __u32 requests; /* to a block device */
  __u32 reserved;
  __u64 added_to; /* the file whose pages it put into the page cache last; 0: none */
  __u64 added_first;
  __u64 added_end;
};

struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 4096);
  __type(key, __u32);
  __type(value, struct daemon_thread);
} daemon_threads SEC(".maps");

/* The same of all of them since the begin. */
__u64 daemon_waits;
__u64 daemon_reads;

static __always_inline bool is_daemon(void) {
  const __u32 process = bpf_get_current_pid_tgid() >> 32;

  return bpf_map_lookup_elem(&daemons, &process);
}

static __always_inline struct daemon_thread* current_daemon_thread(void) {
  const __u32 key = bpf_get_current_pid_tgid();
  struct daemon_thread* thread = bpf_map_lookup_elem(&daemon_threads, &key);
  const struct daemon_thread none = {};

  if (thread) return thread;
  bpf_map_update_elem(&daemon_threads, &key, &none, BPF_NOEXIST);
  return bpf_map_lookup_elem(&daemon_threads, &key);
}

static __always_inline void note_daemon_wait(void) {
  struct daemon_thread* thread;

  if (!is_daemon()) return;
  count(&daemon_waits);
  thread = current_daemon_thread();
  if (thread) ++thread->waits;
}

static __always_inline void note_daemon_read(void) {
  struct daemon_thread* thread;

  if (!is_daemon()) return;
  count(&daemon_reads);
  thread = current_daemon_thread();
  if (thread) ++thread->reads;
}

/* The current thread is a daemon's. Where a file's blocks lie may be read, from the device, between
 * the adding of its page and the end of its read: that is no other file. */
static __always_inline void note_daemon_add(__u64 inode, bool is_device, __u64 first, __u64 end) {
  struct daemon_thread* thread = current_daemon_thread();

  if (!thread || (is_device && thread->added_to && thread->added_to != inode)) return;
  if (thread->added_to != inode || first < thread->added_first) thread->added_first = first;
  if (thread->added_to != inode || end > thread->added_end) thread->added_end = end;
  thread->added_to = inode;
}

/* Pages first..last are there. Where the thread had to bring them in, I/O was done for them, also
 * when that had ended before the thread could go to sleep. */
static __always_inline void note_daemon_pages(__u64 inode, __u64 first, __u64 last) {
  struct daemon_thread* thread;

  count(&daemon_reads);
  thread = current_daemon_thread();
  if (!thread) return;
  ++thread->reads;
  if (thread->added_to == inode && thread->requests && first < thread->added_end &&
      last >= thread->added_first) {
    ++thread->waits;
    count(&daemon_waits);
  }
  thread->added_to = 0;
}

static __always_inline bool remember(__u64 request, struct bytepath_access* access) {
  const struct access_request entry = {.number = access->number,
                                       .thread = (__u32)bpf_get_current_pid_tgid(),
                                       .daemon_waits = daemon_waits,
                                       .daemon_reads = daemon_reads};

  if (!bpf_map_update_elem(&requests, &request, &entry, BPF_ANY)) return true;
  count(&lost_requests);
  return false;
}

SEC("raw_tp/block_io_start")
int start_block(struct bpf_raw_tracepoint_args* arguments) {
  struct bytepath_access* access = current_access();
  struct daemon_thread* thread;

  if (access) {
    ++access->block_requests;
  } else {
    if (!is_daemon()) return 0;
    thread = current_daemon_thread();
    if (thread) ++thread->requests;
    if (!is_own || !own_access.daemon_begin_ns) return 0;
    access = &own_access; /* the daemon's way to what we wait for: nobody else is measured */
  }
  if (remember(arguments->args[0], access) && !access->device_begin_ns)
    access->device_begin_ns = bpf_ktime_get_ns();
  return 0;
}

SEC("raw_tp/block_io_done")
int end_block(struct bpf_raw_tracepoint_args* arguments) {
  const __u64 key = arguments->args[0];
  struct access_request* request = bpf_map_lookup_elem(&requests, &key);
  struct bytepath_access* access;

  if (!request) return 0;
  access = access_of(request->thread, request->number);
  if (access) access->device_end_ns = bpf_ktime_get_ns();
  bpf_map_delete_elem(&requests, &key);
  return 0;
}

SEC("raw_tp/fuse_request_send")
int send_fuse(struct bpf_raw_tracepoint_args* arguments) {
  struct fuse_req* request = (void*)arguments->args[0];
  struct bytepath_access* access = current_access();

  if (!access) return 0;
  if (BPF_CORE_READ(request, in.h.opcode) != FUSE_READ) {
    ++access->fuse_others;
    return 0;
  }
  ++access->fuse_reads;
  if (remember(arguments->args[0], access) && !access->daemon_begin_ns)
    access->daemon_begin_ns = bpf_ktime_get_ns();
  return 0;
}

/* From where the thread that answers had it. It slept: from a device. It read nothing itself since
 * its last answer: then another thread of the daemon did it. */
static __always_inline void note_answer(struct bytepath_access* access,
                                        struct access_request* request) {
  const __u32 key = bpf_get_current_pid_tgid();
  struct daemon_thread* thread = bpf_map_lookup_elem(&daemon_threads, &key);
  const __u32 waits = thread ? thread->waits : 0;
  const __u32 reads = thread ? thread->reads : 0;

  access->daemon_end_ns = bpf_ktime_get_ns();
  if (waits || (!reads && daemon_waits != request->daemon_waits))
    ++access->answers_waited;
  else if (reads || daemon_reads != request->daemon_reads)
    ++access->answers_cached;
}

SEC("raw_tp/fuse_request_end")
int end_fuse(struct bpf_raw_tracepoint_args* arguments) {
  const __u64 key = arguments->args[0];
  const __u32 process = bpf_get_current_pid_tgid() >> 32;
  const __u32 thread_key = bpf_get_current_pid_tgid();
  struct access_request* request = bpf_map_lookup_elem(&requests, &key);
  struct bytepath_access* access;
  struct daemon_thread* thread;
  const __u8 known = 1;

  if (request) {
    access = access_of(request->thread, request->number);
    if (access) note_answer(access, request);
    bpf_map_delete_elem(&requests, &key);
  }
  if (!bpf_get_current_task_btf()->mm) return 0; /* no daemon: virtiofs */
  thread = bpf_map_lookup_elem(&daemon_threads, &thread_key);
  if (thread) {
    thread->waits = 0;
    thread->reads = 0;
    thread->requests = 0;
    thread->added_to = 0;
  }
  if (!bpf_map_lookup_elem(&daemons, &process))
    bpf_map_update_elem(&daemons, &process, &known, BPF_ANY);
  return 0;
}
