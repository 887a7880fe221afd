// SPDX-License-Identifier: GPL-2.0-only
/* What a system call of x86-64 that moves or prepares weights asks for. */
#pragma once
#include <asm/ptrace.h>
#include <asm/unistd_64.h>

#include "fault_threads.bpf.h"
#include "files.bpf.h"

#define MAP_ANONYMOUS 0x20
#define TS_COMPAT 2 /* arch/x86/include/asm/thread_info.h: a 32-bit call, whose numbers differ */

static __always_inline bool moves_weights(long number) {
  switch (number) {
    case __NR_mmap:
    case __NR_munmap:
    case __NR_mremap:
    case __NR_madvise:
    case __NR_mlock:
    case __NR_mlock2:
    case __NR_fadvise64:
    case __NR_readahead:
    case __NR_read:
    case __NR_pread64:
    case __NR_readv:
    case __NR_preadv:
    case __NR_preadv2:
    case __NR_write:
    case __NR_pwrite64:
    case __NR_writev:
    case __NR_pwritev:
    case __NR_pwritev2:
    case __NR_sendfile:
    case __NR_splice:
    case __NR_copy_file_range:
      return true;
    default:
      return false;
  }
}

/* False: the descriptor is not open. */
static __always_inline bool name_file(struct bytepath_call* call, struct file* file) {
  struct inode* inode = BPF_CORE_READ(file, f_inode);

  if (!inode) return false;
  call->device = BPF_CORE_READ(inode, i_sb, s_dev);
  call->inode = BPF_CORE_READ(inode, i_ino);
  return true;
}

static __always_inline bool begin_memory_call(struct bytepath_call* call, long number,
                                              const struct pt_regs* registers) {
  call->address = registers->rdi;
  call->length = registers->rsi;
  switch (number) {
    case __NR_munmap:
      call->call = bytepath_call_munmap;
      return true;
    case __NR_madvise:
      call->call = bytepath_call_madvise;
      call->argument = registers->rdx;
      return true;
    case __NR_mremap:
      call->call = bytepath_call_mremap;
      call->argument = call->address;
      call->old_length = call->length;
      call->length = registers->rdx;
      return true;
    default:
      call->call = bytepath_call_mlock;
      return true;
  }
}

static __always_inline bool begin_mmap(struct bytepath_call* call,
                                       const struct pt_regs* registers) {
  call->call = bytepath_call_mmap;
  call->length = registers->rsi;
  call->argument = registers->r10;
  call->offset = registers->r9;
  return !(call->argument & MAP_ANONYMOUS) && name_file(call, file_of_descriptor(registers->r8));
}

static __always_inline bool begin_file_call(struct bytepath_call* call, long number,
                                            const struct pt_regs* registers) {
  struct file* file = file_of_descriptor(registers->rdi);

  if (!name_file(call, file)) return false;
  switch (number) {
    case __NR_fadvise64:
      call->call = bytepath_call_fadvise;
      call->offset = registers->rsi;
      call->length = registers->rdx;
      call->argument = registers->r10;
      return true;
    case __NR_readahead:
      call->call = bytepath_call_readahead;
      call->offset = registers->rsi;
      call->length = registers->rdx;
      return true;
    case __NR_pread64:
    case __NR_preadv:
    case __NR_preadv2:
      call->offset = registers->r10;
      break;
    default:
      call->offset = BPF_CORE_READ(file, f_pos);
  }
  /* preadv2(2): -1 means the descriptor's own position. */
  if (call->offset == ~0ULL) call->offset = BPF_CORE_READ(file, f_pos);
  call->call = bytepath_call_read;
  return is_regular(file);
}

static __always_inline bool begin_write(struct bytepath_call* call, __u64 descriptor) {
  call->call = bytepath_call_write;
  return name_file(call, file_of_descriptor(descriptor));
}

/* Fills in what is known at the beginning; false: this one is not told. */
static __always_inline bool begin_call(struct bytepath_call* call, long number,
                                       const struct pt_regs* registers) {
  switch (number) {
    case __NR_mmap:
      return begin_mmap(call, registers);
    case __NR_munmap:
    case __NR_mremap:
    case __NR_madvise:
    case __NR_mlock:
    case __NR_mlock2:
      return begin_memory_call(call, number, registers);
    case __NR_write:
    case __NR_pwrite64:
    case __NR_writev:
    case __NR_pwritev:
    case __NR_pwritev2:
    case __NR_sendfile:
      return begin_write(call, registers->rdi);
    case __NR_splice:
    case __NR_copy_file_range:
      return begin_write(call, registers->rdx);
    default:
      return begin_file_call(call, number, registers);
  }
}

/* What the result adds; false: a call that did nothing is not told. */
static __always_inline bool end_call(struct bytepath_call* call, long result) {
  /* Errors are the last 4095 numbers, and an address may look negative. */
  if ((unsigned long)result > -4096UL) return false;
  switch (call->call) {
    case bytepath_call_mmap:
    case bytepath_call_mremap:
      call->address = result;
      return true;
    case bytepath_call_read:
      call->length = result;
      return result != 0;
    case bytepath_call_write:
      return false;
    default:
      return true;
  }
}
