// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counts copies one by one on the way of libc's memcpy to its rep movsb: a uprobe on each
 * conditional jump that alone decides whether rep movsb comes next. The kernel emulates such a jump
 * instead of stepping over it, and what is copied in another way never comes by.
 */
#include <linux/types.h>

#include <linux/bpf.h>
#include <linux/ptrace.h>

#include "copy_programs.bpf.h"

char LICENSE[] SEC("license") = "GPL";

/* Of the flags register (Intel SDM volume 1, 3.4.3). */
#define CARRY 0x1
#define PARITY 0x4
#define ZERO 0x40
#define SIGN 0x80
#define OVERFLOW 0x800

struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_HASH);
  __uint(max_entries, 8192);
  __type(key, struct bytepath_exact_copy);
  __type(value, struct bytepath_exact_count);
} exact SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 4096);
  __type(key, struct bytepath_program);
  __type(value, struct bytepath_program_samples);
} exact_programs SEC(".maps");

__u64 dropped_copies; /* that found no room */

/* The condition codes of jcc, in pairs that negate each other (Intel SDM volume 2, B.1.4.7). */
static __always_inline bool holds(__u64 flags, __u8 condition) {
  const bool less = !(flags & SIGN) != !(flags & OVERFLOW);
  bool result = false;

  switch (condition >> 1) {
    case 0:
      result = flags & OVERFLOW;
      break;
    case 1:
      result = flags & CARRY;
      break;
    case 2:
      result = flags & ZERO;
      break;
    case 3:
      result = flags & (CARRY | ZERO);
      break;
    case 4:
      result = flags & SIGN;
      break;
    case 5:
      result = flags & PARITY;
      break;
    case 6:
      result = less;
      break;
    case 7:
      result = less || flags & ZERO;
      break;
  }
  return condition & 1 ? !result : result;
}

static __always_inline __u8 size_class_of(__u64 bytes) {
  __u8 power = 0;

  for (__u32 step = 32; step; step >>= 1) {
    if (bytes >> step) {
      power += step;
      bytes >>= step;
    }
  }
  return power;
}

static __always_inline void name_program(const struct bytepath_program* program) {
  struct task_struct* task = bpf_get_current_task_btf();
  struct bytepath_program_samples named = {};

  if (bpf_map_lookup_elem(&exact_programs, program)) return;
  named.number =
      pid_namespace ? number_in_namespace(task->group_leader->thread_pid) : program->process;
  bpf_get_current_comm(named.command, sizeof(named.command));
  if (bpf_map_update_elem(&exact_programs, program, &named, BPF_ANY)) count(&dropped_programs);
}

SEC("uprobe")
int count_copy(struct pt_regs* registers) {
  const __u64 cookie = bpf_get_attach_cookie(registers);
  struct bytepath_exact_copy copy = {};
  struct bytepath_exact_count* found;
  struct bytepath_exact_count none = {};

  if (!is_looked_at()) return 0;
  if (holds(registers->eflags, cookie & 15) != (cookie >> 4 & 1)) return 0;
  copy.program = current_program();
  copy.offset = bytepath_copy_offset(registers->rdi, registers->rsi);
  copy.size_class = size_class_of(registers->rdx);
  found = bpf_map_lookup_elem(&exact, &copy);
  if (!found) {
    name_program(&copy.program);
    bpf_map_update_elem(&exact, &copy, &none, BPF_NOEXIST);
    found = bpf_map_lookup_elem(&exact, &copy);
  }
  if (!found) {
    count(&dropped_copies);
    return 0;
  }
  found->calls += 1;
  found->bytes += registers->rdx;
  return 0;
}
