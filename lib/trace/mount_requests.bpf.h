// SPDX-License-Identifier: GPL-2.0-only
/* Requests of a FUSE mount to its daemon. */
#pragma once
#include "mount_files.bpf.h"

/* Opcodes: linux/fuse.h. */
#define FUSE_OPEN 14
#define FUSE_READ 15
#define FUSE_OPENDIR 27
/* Whoever cuts a connection answers the requests that were under way: that is no daemon. */
#define ECONNABORTED 103

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 65536);
  __type(key, __u64); /* the request's address */
  __type(value, struct bytepath_request_event);
} requests SEC(".maps");

/* The processes that answer. */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 1024);
  __type(key, __u32);
  __type(value, __u8);
} daemons SEC(".maps");

/* The pages that a READ fills are of the file; one to the program's memory has its open file. */
static __always_inline struct inode* inode_of_read(struct fuse_args* args, bool direct) {
  struct fuse_io_args* direct_args = (void*)args;
  struct fuse_args_pages* pages = (void*)args;
  struct folio* folio = 0;

  if (direct) return BPF_CORE_READ(direct_args, io, iocb, ki_filp, f_inode);
  bpf_probe_read_kernel(&folio, sizeof(folio), BPF_CORE_READ(pages, folios));
  return folio ? inode_of_folio(folio) : 0;
}

static __always_inline void describe_read(struct bytepath_request_event* event,
                                          struct fuse_args* args) {
  const bool direct = BPF_CORE_READ_BITFIELD_PROBED(args, user_pages);
  struct fuse_read_in* asked = (void*)BPF_CORE_READ(args, in_args[0].value);
  struct inode* inode = inode_of_read(args, direct);

  event->offset = BPF_CORE_READ(asked, offset);
  event->size = BPF_CORE_READ(asked, size);
  if (direct) event->flags |= bytepath_request_direct;
  if (!inode) return;
  event->inode = BPF_CORE_READ(inode, i_ino);
  tell_file(inode, event->device, event->inode);
}

SEC("raw_tp/fuse_request_send")
int send_request(struct bpf_raw_tracepoint_args* arguments) {
  struct fuse_req* request = (void*)arguments->args[0];
  const __u64 key = arguments->args[0];
  const __u32 device = BPF_CORE_READ(request, fm, fc, dev);
  struct fuse_args* args;
  struct bytepath_request_event event = {};
  struct mount_thread* thread;
  __u64 number;

  if (!is_watched(device)) return 0;
  args = BPF_CORE_READ(request, args);
  if (BPF_CORE_READ_BITFIELD_PROBED(args, noreply)) return 0;
  thread = current_thread(BPF_LOCAL_STORAGE_GET_F_CREATE);
  if (!thread) {
    count(&lost_requests);
    return 0;
  }
  event.kind = bytepath_mount_request;
  event.device = device;
  event.opcode = BPF_CORE_READ(request, in.h.opcode);
  event.node = BPF_CORE_READ(request, in.h.nodeid);
  if (BPF_CORE_READ(request, flags) & 1ULL
                                          << bpf_core_enum_value(enum fuse_req_flag, FR_BACKGROUND))
    event.flags |= bytepath_request_background;
  /* What waits in the queue of background requests may be sent by whoever makes room there. */
  event.thread = BPF_CORE_READ(request, in.h.pid);
  number = number_of(thread);
  if (event.thread == (__u32)number) event.process = number >> 32;
  if (event.thread != (__u32)number || is_target(thread)) event.flags |= bytepath_request_target;
  if (event.opcode == FUSE_READ) describe_read(&event, args);
  event.begin_ns = bpf_ktime_get_ns();
  if (!(event.flags & bytepath_request_background)) {
    thread->request = key;
    thread->request_ns = event.begin_ns;
  }
  if (bpf_map_update_elem(&requests, &key, &event, BPF_ANY)) count(&lost_requests);
  return 0;
}

SEC("raw_tp/fuse_request_end")
int end_request(struct bpf_raw_tracepoint_args* arguments) {
  struct fuse_req* request = (void*)arguments->args[0];
  const __u64 key = arguments->args[0];
  struct bytepath_request_event* event = bpf_map_lookup_elem(&requests, &key);
  const __u32 tgid = bpf_get_current_pid_tgid() >> 32;
  const __u8 known = 1;
  struct fuse_args* args;
  struct fuse_open_out* opened;
  __s32 error;
  __u64 number;

  if (!event) {
    args = BPF_CORE_READ(request, args);
    if (is_watched(BPF_CORE_READ(request, fm, fc, dev)) &&
        !BPF_CORE_READ_BITFIELD_PROBED(args, noreply))
      count(&unmatched);
    return 0;
  }
  args = BPF_CORE_READ(request, args);
  error = BPF_CORE_READ(request, out.h.error);
  event->end_ns = bpf_ktime_get_ns();
  event->error = error;
  /* out.h.len is not set where the answer came by io_uring. */
  if (error == 0) event->replied = BPF_CORE_READ(args, out_args[0].size);
  if (error == 0 && (event->opcode == FUSE_OPEN || event->opcode == FUSE_OPENDIR)) {
    opened = BPF_CORE_READ(args, out_args[0].value);
    event->open_flags = BPF_CORE_READ(opened, open_flags);
  }
  if (bpf_get_current_task_btf()->mm && error != -ECONNABORTED) {
    if (!bpf_map_lookup_elem(&daemons, &tgid))
      bpf_map_update_elem(&daemons, &tgid, &known, BPF_ANY);
    number = number_of_current();
    event->daemon_process = number >> 32;
    event->daemon_thread = number;
  }
  if (bpf_ringbuf_output(&ring, event, sizeof(*event), BPF_RB_NO_WAKEUP)) count(&lost_requests);
  bpf_map_delete_elem(&requests, &key);
  return 0;
}
