// SPDX-License-Identifier: GPL-2.0-only
/*
 * Of the kernel's types only what our BPF programs read. Offsets here mean nothing: libbpf puts in
 * those of the running kernel from its BTF (CO-RE), by the names of types and fields. So no
 * vmlinux.h is needed to build, and no field may be listed that no program reads.
 *
 * What other kernels have instead is a type of its own with three underscores and a word after the
 * real name, which CO-RE leaves out when it compares. Versions are those of the commits that made
 * the change, as seen in include/linux/mm_types.h.
 */
#pragma once
#include <linux/types.h>

#include <stdbool.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

typedef struct {
  int counter;
} atomic_t;

struct ns_common {
  unsigned int inum;
};

struct pid_namespace {
  struct ns_common ns;
};

struct upid {
  int nr;
  struct pid_namespace* ns;
};

struct pid {
  unsigned int level;
  struct upid numbers[1];
};

struct super_block {
  __u32 s_dev;
};

struct inode {
  unsigned short i_mode;
  struct super_block* i_sb;
  unsigned long i_ino;
};

struct address_space {
  struct inode* host;
};

struct file {
  struct inode* f_inode;
  __s64 f_pos;
};

struct fdtable {
  unsigned int max_fds;
  struct file** fd;
};

struct files_struct {
  struct fdtable* fdt;
};

struct signal_struct {
  atomic_t live;
};

struct thread_info {
  __u32 status;
};

struct task_struct {
  struct thread_info thread_info;
  int tgid;
  struct task_struct* group_leader;
  struct pid* thread_pid;
  unsigned long nvcsw;
  struct files_struct* files;
  struct signal_struct* signal;
};

/* Linux 5.16; before, the same fields are those of struct page. */
struct folio {
  unsigned long flags;
  struct address_space* mapping;
  unsigned long index;
  unsigned long _flags_1;
};

/* Linux 6.18 */
struct memdesc_flags {
  unsigned long f;
};
struct folio___with_memdesc {
  struct memdesc_flags flags;
};

/* Linux 6.0 to 6.5; since then the order is the low byte of _flags_1, which these have too. */
struct folio___with_order {
  unsigned char _folio_order;
};

/* compound_order: of the second page of a compound page, up to Linux 6.2. */
struct page {
  unsigned long flags;
  struct address_space* mapping;
  unsigned long index;
  unsigned char compound_order;
};

enum pageflags { PG_head = 6 };

#pragma clang attribute pop
