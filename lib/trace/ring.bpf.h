// SPDX-License-Identifier: GPL-2.0-only
/* What every tracer has: its way to user space, and counts of what found none. */
#pragma once
#include <linux/types.h>

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

/* Made and read by RingReader; the size here is only what libbpf wants to see. */
struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 4096);
} ring SEC(".maps");

static __always_inline void count(__u64* counter) { __sync_fetch_and_add(counter, 1); }
