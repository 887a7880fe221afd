// SPDX-License-Identifier: GPL-2.0-only
/* Files behind descriptors and pages. The walks take no references: what a file that is closed at
 * this moment leaves behind is read as safely as the rest, and at worst is another file. */
#pragma once
#include <linux/types.h>

#include <linux/bpf.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "kernel_types.h"

#define S_IFMT 0170000
#define S_IFREG 0100000

static __always_inline struct file* file_of_descriptor(__u64 descriptor) {
  struct task_struct* task = bpf_get_current_task_btf();
  struct fdtable* table = BPF_CORE_READ(task, files, fdt);
  struct file* file = 0;

  if ((__u32)descriptor >= BPF_CORE_READ(table, max_fds)) return 0;
  bpf_probe_read_kernel(&file, sizeof(file), BPF_CORE_READ(table, fd) + (__u32)descriptor);
  return file;
}

struct inode_facts {
  struct super_block* of;
  __u64 number;
  __u64 bytes;
};

#define NEAR_WORDS 8

/* Fields that lie near each other, so that one look is enough, in most kernels. */
static __always_inline struct inode_facts facts_of(struct inode* inode) {
  const __u32 begin = bpf_core_field_offset(struct inode, i_sb);
  const __u32 number = bpf_core_field_offset(struct inode, i_ino) - begin;
  const __u32 size = bpf_core_field_offset(struct inode, i_size) - begin;
  struct inode_facts facts = {};
  __u64 words[NEAR_WORDS];

  if (number < sizeof(words) && number % 8 == 0 && size < sizeof(words) && size % 8 == 0) {
    bpf_probe_read_kernel(words, sizeof(words), (void*)inode + begin);
    facts.of = (void*)words[0];
    facts.number = words[number / 8];
    facts.bytes = words[size / 8];
    return facts;
  }
  facts.of = BPF_CORE_READ(inode, i_sb);
  facts.number = BPF_CORE_READ(inode, i_ino);
  facts.bytes = BPF_CORE_READ(inode, i_size);
  return facts;
}

static __always_inline bool is_regular(struct file* file) {
  return (BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT) == S_IFREG;
}

static __always_inline __u64 flags_of_folio(struct folio* folio) {
  struct folio___with_memdesc* memdesc = (void*)folio;
  struct page* page = (void*)folio;

  if (bpf_core_field_exists(memdesc->flags.f)) return BPF_CORE_READ(memdesc, flags.f);
  return BPF_CORE_READ(page, flags);
}

/* The pages of a folio, or of a page before Linux 5.16. */
static __always_inline __u32 pages_of_folio(struct folio* folio) {
  const __u64 head = 1ULL << bpf_core_enum_value(enum pageflags, PG_head);
  struct folio___with_order* ordered = (void*)folio;
  struct page* page = (void*)folio;

  if (!(flags_of_folio(folio) & head)) return 1;
  if (bpf_core_field_exists(ordered->_folio_order))
    return 1U << (BPF_CORE_READ(ordered, _folio_order) & 31);
  if (bpf_core_field_exists(folio->_flags_1)) return 1U << (BPF_CORE_READ(folio, _flags_1) & 31);
  page = (void*)folio + bpf_core_type_size(struct page);
  return 1U << (BPF_CORE_READ(page, compound_order) & 31);
}

static __always_inline unsigned long index_of_folio(struct folio* folio) {
  struct page* page = (void*)folio;

  if (bpf_core_field_exists(folio->index)) return BPF_CORE_READ(folio, index);
  return BPF_CORE_READ(page, index);
}

static __always_inline struct inode* inode_of_folio(struct folio* folio) {
  struct page* page = (void*)folio;

  if (bpf_core_field_exists(folio->mapping)) return BPF_CORE_READ(folio, mapping, host);
  return BPF_CORE_READ(page, mapping, host);
}
