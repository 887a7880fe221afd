// SPDX-License-Identifier: GPL-2.0-only
/* What the daemons of a mount send to and receive from where they have the content. */
#pragma once
#include "mount_requests.bpf.h"

#define AF_INET 2
#define AF_INET6 10

static __always_inline bool is_daemon(void) {
  const __u32 tgid = bpf_get_current_pid_tgid() >> 32;

  return bpf_map_lookup_elem(&daemons, &tgid);
}

static __always_inline int tell_transfer(struct bpf_raw_tracepoint_args* arguments,
                                         __u16 direction) {
  struct sock* socket = (void*)arguments->args[0];
  const int bytes = arguments->args[1];
  struct bytepath_transfer_event* event;
  __u64 number;

  if (bytes <= 0 || !is_daemon()) return 0;
  number = number_of_current();
  event = bpf_ringbuf_reserve(&ring, sizeof(*event), 0);
  if (!event) {
    count(&lost_transfers);
    return 0;
  }
  event->kind = bytepath_mount_transfer;
  event->direction = direction;
  event->family = BPF_CORE_READ(socket, __sk_common.skc_family);
  event->port = 0;
  event->time_ns = bpf_ktime_get_ns();
  event->socket = arguments->args[0];
  event->bytes = bytes;
  event->process = number >> 32;
  event->thread = number;
  event->reserved = 0;
  __builtin_memset(event->address, 0, sizeof(event->address));
  if (event->family == AF_INET)
    bpf_probe_read_kernel(event->address, 4, &socket->__sk_common.skc_daddr);
  else if (event->family == AF_INET6)
    bpf_probe_read_kernel(event->address, 16, &socket->__sk_common.skc_v6_daddr);
  if (event->family == AF_INET || event->family == AF_INET6)
    event->port = BPF_CORE_READ(socket, __sk_common.skc_dport);
  bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
  return 0;
}

SEC("raw_tp/sock_send_length")
int send_bytes(struct bpf_raw_tracepoint_args* arguments) {
  return tell_transfer(arguments, bytepath_sent);
}

SEC("raw_tp/sock_recv_length")
int receive_bytes(struct bpf_raw_tracepoint_args* arguments) {
  return tell_transfer(arguments, bytepath_received);
}

static __always_inline const void* start_of_message(struct msghdr* message) {
  const __u8 type = BPF_CORE_READ(message, msg_iter.iter_type);
  const __u64 offset = BPF_CORE_READ(message, msg_iter.iov_offset);
  const struct iovec* vector;

  if (type == bpf_core_enum_value(enum iter_type, ITER_UBUF))
    return BPF_CORE_READ(message, msg_iter.ubuf) + offset;
  if (type != bpf_core_enum_value(enum iter_type, ITER_IOVEC)) return 0;
  vector = BPF_CORE_READ(message, msg_iter.__iov);
  return BPF_CORE_READ(vector, iov_base) + offset;
}

SEC("raw_tp/tcp_sendmsg_locked")
int send_message(struct bpf_raw_tracepoint_args* arguments) {
  struct msghdr* message = (void*)arguments->args[1];
  struct bytepath_http_event* event;
  const void* start;
  char method[4];
  long length;

  if (!is_daemon()) return 0;
  start = start_of_message(message);
  if (!start || bpf_probe_read_user(method, sizeof(method), start)) return 0;
  if (__builtin_memcmp(method, "GET ", 4) && __builtin_memcmp(method, "HEAD", 4)) return 0;
  event = bpf_ringbuf_reserve(&ring, sizeof(*event), 0);
  if (!event) {
    count(&lost_transfers);
    return 0;
  }
  event->kind = bytepath_mount_http;
  event->thread = number_of_current();
  event->time_ns = bpf_ktime_get_ns();
  event->socket = arguments->args[0];
  /* Up to a zero or the end of the page that can be read. */
  length = bpf_probe_read_user_str(event->text, sizeof(event->text), start);
  event->length = length > 0 ? length - 1 : 0;
  bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
  return 0;
}
