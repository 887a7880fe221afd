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

struct block_device;

struct super_block {
  __u32 s_dev;
  struct block_device* s_bdev;
  unsigned long s_magic;
};

struct hlist_node {
  struct hlist_node* next;
};
struct hlist_head {
  struct hlist_node* first;
};

struct inode {
  unsigned short i_mode;
  struct super_block* i_sb;
  unsigned long i_ino;
  __s64 i_size;
  struct hlist_head i_dentry;
};

struct qstr {
  const unsigned char* name;
};

struct dentry {
  struct dentry* d_parent;
  struct qstr d_name;
  union {
    struct hlist_node d_alias;
  } d_u;
};

struct xa_node {
  unsigned char shift;
  void* slots[1];
};
struct xarray {
  void* xa_head;
};

struct address_space {
  struct inode* host;
  struct xarray i_pages;
};

struct file {
  struct inode* f_inode;
  unsigned int f_flags;
  __s64 f_pos;
};

struct vm_area_struct {
  unsigned long vm_start;
  unsigned long vm_pgoff;
  struct file* vm_file;
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

struct mm_struct;

struct task_io_accounting {
  __u64 syscr;
};

struct task_struct {
  struct thread_info thread_info;
  unsigned int flags;
  int pid;
  int tgid;
  struct mm_struct* mm;
  unsigned in_iowait : 1;
  unsigned long min_flt;
  unsigned long maj_flt;
  struct task_io_accounting ioac;
  struct task_struct* group_leader;
  struct pid* thread_pid;
  unsigned long nvcsw;
  __u64 start_boottime;
  __u64 self_exec_id;
  struct files_struct* files;
  struct signal_struct* signal;
  char comm[16]; /* TASK_COMM_LEN, include/linux/sched.h */
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

enum pageflags { PG_locked, PG_uptodate, PG_readahead, PG_head = 6 };

/* ---- fs/fuse/fuse_i.h, include/uapi/linux/fuse.h ---- */

struct fuse_in_header {
  __u32 opcode;
  __u64 nodeid;
  __u32 pid;
};

struct fuse_out_header {
  __s32 error;
};

struct fuse_in_arg {
  unsigned int size;
  const void* value;
};

struct fuse_arg {
  unsigned int size;
  void* value;
};

struct fuse_args {
  bool noreply : 1;
  bool user_pages : 1;
  struct fuse_in_arg in_args[4];
  struct fuse_arg out_args[2];
};

struct fuse_args_pages {
  struct fuse_args args;
  struct folio** folios;
};

struct kiocb {
  struct file* ki_filp;
};
struct fuse_io_priv {
  struct kiocb* iocb;
};
struct fuse_io_args {
  struct fuse_args_pages ap;
  struct fuse_io_priv* io;
};

struct fuse_conn {
  __u32 dev;
};
struct fuse_mount {
  struct fuse_conn* fc;
};

struct fuse_req {
  struct fuse_args* args;
  unsigned long flags;
  struct {
    struct fuse_in_header h;
  } in;
  struct {
    struct fuse_out_header h;
  } out;
  struct fuse_mount* fm;
};

enum fuse_req_flag { FR_BACKGROUND = 2 };

struct fuse_inode {
  struct inode inode;
  __u64 nodeid;
};

struct fuse_read_in {
  __u64 offset;
  __u32 size;
};

struct fuse_open_out {
  __u32 open_flags;
};

/* ---- sockets ---- */

struct in6_addr {
  union {
    __u8 u6_addr8[16];
  } in6_u;
};

struct sock_common {
  __u32 skc_daddr;
  __u16 skc_dport;
  __u16 skc_family;
  struct in6_addr skc_v6_daddr;
};

struct sock {
  struct sock_common __sk_common;
};

struct iovec {
  void* iov_base;
};

struct iov_iter {
  __u8 iter_type;
  unsigned long iov_offset;
  const struct iovec* __iov;
  void* ubuf;
  unsigned long count;
};

struct msghdr {
  struct iov_iter msg_iter;
};

enum iter_type { ITER_UBUF, ITER_IOVEC };

#pragma clang attribute pop
