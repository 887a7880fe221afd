// SPDX-License-Identifier: GPL-2.0-only
/* The files of a mount: their names, and which of their pages were touched, mapped and cached. */
#pragma once
#include "files.bpf.h"
#include "mount_threads.bpf.h"

#define FUSE_SUPER_MAGIC 0x65735546 /* linux/magic.h */
#define PAGE_SHIFT 12
#define HEAT_SHIFT 7 /* 128 pages */
#define HEAT_MASK 127
/* read(2) reads 2 GiB at most (MAX_RW_COUNT), which is so many chunks. */
#define MOST_CHUNKS 4097

struct file_key {
  __u64 inode;
  __u32 device;
  __u32 reserved;
};

struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 65536);
  __type(key, struct file_key);
  __type(value, __u8);
} named SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __uint(max_entries, 262144); /* 128 GiB of touched chunks */
  __type(key, struct bytepath_heat_key);
  __type(value, struct bytepath_heat);
} heat SEC(".maps");

static __always_inline void tell_parts(struct bytepath_file_event* event, struct inode* inode) {
  struct hlist_node* alias = BPF_CORE_READ(inode, i_dentry.first);
  struct dentry* entry;

  event->parts = 0;
  if (!alias) return;
  entry = (void*)alias - bpf_core_field_offset(struct dentry, d_u.d_alias);
  for (__u32 i = 0; i < BYTEPATH_PATH_PARTS; ++i) {
    struct dentry* parent = BPF_CORE_READ(entry, d_parent);
    if (parent == entry) break;
    bpf_probe_read_kernel_str(event->names[i], BYTEPATH_NAME_BYTES,
                              BPF_CORE_READ(entry, d_name.name));
    event->parts = i + 1;
    entry = parent;
  }
}

/* The name of a file, once. */
static __always_inline void tell_file(struct inode* inode, __u32 device, __u64 number) {
  const struct file_key key = {.inode = number, .device = device};
  struct bytepath_file_event* event;
  struct fuse_inode* of_fuse;
  const __u8 told = 1;

  if (bpf_map_lookup_elem(&named, &key)) return;
  if (bpf_map_update_elem(&named, &key, &told, BPF_NOEXIST)) return;
  event = bpf_ringbuf_reserve(&ring, sizeof(*event), 0);
  if (!event) {
    count(&lost_files);
    bpf_map_delete_elem(&named, &key);
    return;
  }
  event->kind = bytepath_mount_file;
  event->device = device;
  event->inode = number;
  event->node = 0;
  event->bytes = BPF_CORE_READ(inode, i_size);
  if (BPF_CORE_READ(inode, i_sb, s_magic) == FUSE_SUPER_MAGIC) {
    of_fuse = (void*)inode - bpf_core_field_offset(struct fuse_inode, inode);
    event->node = BPF_CORE_READ(of_fuse, nodeid);
  }
  tell_parts(event, inode);
  bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
}

static __always_inline struct bytepath_heat* heat_of(struct inode* inode, __u32 device,
                                                     __u64 number, __u64 chunk) {
  const struct bytepath_heat_key key = {.inode = number, .device = device, .chunk = chunk};
  struct bytepath_heat* found = bpf_map_lookup_elem(&heat, &key);
  const struct bytepath_heat none = {};

  if (found) return found;
  tell_file(inode, device, number);
  bpf_map_update_elem(&heat, &key, &none, BPF_NOEXIST);
  found = bpf_map_lookup_elem(&heat, &key);
  if (!found) count(&lost_heat);
  return found;
}

/* Bits from..to of a word of 64 that begins at bit `begin`. */
static __always_inline __u64 bits(__u32 from, __u32 to, __u32 begin) {
  if (from >= begin + 64 || to < begin) return 0;
  from = from > begin ? from - begin : 0;
  to = to - begin < 63 ? to - begin : 63;
  return (~0ULL << (from & 63)) & (~0ULL >> ((63 - to) & 63));
}

static __always_inline void set_bits(__u64* words, __u32 from, __u32 to) {
  const __u64 low = bits(from, to, 0);
  const __u64 high = bits(from, to, 64);

  if ((words[0] & low) != low) __sync_fetch_and_or(&words[0], low);
  if ((words[1] & high) != high) __sync_fetch_and_or(&words[1], high);
}

#define HEAT_TOUCHED 0
#define HEAT_MAPPED 1
#define HEAT_CACHED 2
#define HEAT_COUNTED 3 /* touched, by an access that is counted already */

struct heat_walk {
  struct inode* inode;
  __u64 number;
  __u64 first;
  __u64 last;
  __u32 device;
  __u32 what;
};

static __always_inline long heat_chunk(__u64 chunk, struct heat_walk* walk) {
  const __u64 begin = chunk << HEAT_SHIFT;
  const __u32 from = walk->first > begin ? walk->first & HEAT_MASK : 0;
  const __u32 to = walk->last - begin < HEAT_MASK ? walk->last & HEAT_MASK : HEAT_MASK;
  struct bytepath_heat* found = heat_of(walk->inode, walk->device, walk->number, chunk);

  if (!found) return 0;
  if (walk->what == HEAT_CACHED) {
    set_bits(found->cached, from, to);
    return 0;
  }
  if (!found->first_ns) found->first_ns = bpf_ktime_get_ns();
  if (walk->what == HEAT_MAPPED) {
    set_bits(found->mapped, from, to);
  } else {
    set_bits(found->touched, from, to);
    if (walk->what == HEAT_TOUCHED) __sync_fetch_and_add(&found->accessed, to - from + 1);
  }
  return 0;
}

static long heat_next(__u32 index, struct heat_walk* walk) {
  const __u64 chunk = (walk->first >> HEAT_SHIFT) + index;

  if (chunk > walk->last >> HEAT_SHIFT) return 1;
  return heat_chunk(chunk, walk);
}

static __always_inline void add_heat(struct heat_walk* walk) {
  if (walk->first >> HEAT_SHIFT == walk->last >> HEAT_SHIFT)
    heat_chunk(walk->first >> HEAT_SHIFT, walk);
  else
    bpf_loop(MOST_CHUNKS, heat_next, walk, 0);
}
