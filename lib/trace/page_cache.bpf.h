// SPDX-License-Identifier: GPL-2.0-only
/* Looks pages up in the page cache of a file, as lib/xarray.c does. No locks are taken: at worst a
 * page that comes or goes at this moment is told wrong. */
#pragma once
#include "files.bpf.h"

/* include/linux/xarray.h */
#define XA_CHUNK_SHIFT 6 /* without CONFIG_BASE_SMALL */
#define XA_CHUNK_MASK 63
#define XA_MOST_LEVELS 11    /* of 64 bits */
#define XA_LAST_SIBLING 4096 /* internal entries above it are nodes */

static __always_inline bool is_internal(unsigned long entry) { return (entry & 3) == 2; }
static __always_inline bool is_node(unsigned long entry) {
  return is_internal(entry) && entry > XA_LAST_SIBLING;
}

static __always_inline unsigned long slot_of_node(struct xa_node* node, __u32 slot) {
  unsigned long entry = 0;

  bpf_probe_read_kernel(&entry, sizeof(entry), &node->slots[slot]);
  return entry;
}

/* A folio of several pages has its entry in the first one's slot, and the others refer to it. */
static __always_inline unsigned long entry_of_node(struct xa_node* node, __u32 slot) {
  const unsigned long entry = slot_of_node(node, slot);

  if (!is_internal(entry) || is_node(entry)) return entry;
  return slot_of_node(node, (entry >> 2) & XA_CHUNK_MASK);
}

/* Walks pages in their order: those of one lowest node need one way down. */
struct page_walk {
  struct address_space* mapping;
  struct xa_node* lowest; /* 0: none yet */
  __u64 number;           /* of the pages that it has, by XA_CHUNK_SHIFT */
};

static __always_inline unsigned long way_down(struct page_walk* walk, __u64 page) {
  struct address_space* mapping = walk->mapping;
  unsigned long entry = (unsigned long)BPF_CORE_READ(mapping, i_pages.xa_head);
  struct xa_node* node;
  __u32 shift = 0;

  walk->lowest = 0;
  if (!is_node(entry)) return page == 0 ? entry : 0;
  for (__u32 level = 0; level < XA_MOST_LEVELS; ++level) {
    if (!is_node(entry)) break;
    node = (void*)(entry - 2);
    shift = BPF_CORE_READ(node, shift) & XA_CHUNK_MASK;
    if (level == 0 && page >> shift > XA_CHUNK_MASK) return 0;
    entry = entry_of_node(node, (page >> shift) & XA_CHUNK_MASK);
    if (shift != 0) continue;
    walk->lowest = node;
    walk->number = page >> XA_CHUNK_SHIFT;
    break;
  }
  return entry;
}

/* Is the page there, so that a fault nearby maps it too (next_uptodate_folio(), mm/filemap.c)? */
static __always_inline bool can_be_mapped(struct page_walk* walk, __u64 page) {
  const __u64 no = 1ULL << bpf_core_enum_value(enum pageflags, PG_locked) |
                   1ULL << bpf_core_enum_value(enum pageflags, PG_readahead);
  const __u64 yes = 1ULL << bpf_core_enum_value(enum pageflags, PG_uptodate);
  const bool is_near = walk->lowest && walk->number == page >> XA_CHUNK_SHIFT;
  const unsigned long entry =
      is_near ? entry_of_node(walk->lowest, page & XA_CHUNK_MASK) : way_down(walk, page);

  if (!entry || entry & 3) return false; /* nothing, or what is left of a page that went */
  return (flags_of_folio((void*)entry) & (yes | no)) == yes;
}
