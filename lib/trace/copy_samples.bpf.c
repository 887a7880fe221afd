// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who is within a `rep movs` when the CPU clock ticks, and at which distance of destination and
 * source: the instruction is read at the sampled address, and the distance is that of its two
 * registers, which advance together. So it finds the copies of the C library, inlined ones and the
 * kernel's alike, without a symbol, a counter of the processor or a probe.
 *
 * No event goes to user space: samples are added up here.
 */
#include <linux/types.h>

#include <linux/bpf.h>
#include <linux/bpf_perf_event.h>

#include "copy_programs.bpf.h"

char LICENSE[] SEC("license") = "GPL";

#define PAGE_SHIFT 12
#define DIRECTION_FLAG 0x400
#define USER_RING 3 /* the low bits of CS */

/* The maps have their room from the start: a program of a perf event may not allocate before Linux
 * 6.1. */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 16384);
  __type(key, struct bytepath_program);
  __type(value, struct bytepath_program_samples);
} programs SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 16384);
  __type(key, struct bytepath_copy);
  __type(value, struct bytepath_copy_samples);
} copies SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 4096);
  __type(key, struct bytepath_place_key);
  __type(value, struct bytepath_place);
} places SEC(".maps");

/* Too large for the stack. */
struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, struct bytepath_place);
} new_place SEC(".maps");

__u64 all_samples;
__u64 dropped_copies; /* samples within a rep movs that found no room */
__u64 dropped_places; /* samples whose mapping found no room or could not be looked at */
__u64 unread;         /* samples whose instruction could not be read */

static __always_inline bool count_program(const struct bytepath_program* program, bool in_kernel) {
  struct bytepath_program_samples* found = bpf_map_lookup_elem(&programs, program);
  struct bytepath_program_samples fresh = {};
  struct task_struct* task;

  if (!found) {
    task = bpf_get_current_task_btf();
    fresh.number =
        pid_namespace ? number_in_namespace(task->group_leader->thread_pid) : program->process;
    bpf_map_update_elem(&programs, program, &fresh, BPF_NOEXIST);
    found = bpf_map_lookup_elem(&programs, program);
    if (!found) return false;
  }
  __sync_fetch_and_add(&found->all, 1);
  if (in_kernel) __sync_fetch_and_add(&found->in_kernel, 1);
  /* Last one wins: a thread may have a name of its own, and a process renames itself. */
  if (program->process == (__u32)bpf_get_current_pid_tgid() || !found->command[0])
    bpf_get_current_comm(found->command, sizeof(found->command));
  return true;
}

/* The first bytes of an instruction; false when they cannot be read. The last one of a mapping has
 * fewer behind it. */
static __always_inline bool read_instruction(__u64 address, bool in_kernel, __u32* bytes) {
  *bytes = 0;
  if (in_kernel) return !bpf_probe_read_kernel(bytes, 4, (void*)address);
  return !bpf_probe_read_user(bytes, 4, (void*)address) ||
         !bpf_probe_read_user(bytes, 2, (void*)address);
}

struct mapping {
  __u64 begin;
  __u64 first_page;
  struct file* file;
};

static long take_mapping(struct task_struct* task, struct vm_area_struct* area, void* context) {
  struct mapping* mapping = context;

  mapping->begin = area->vm_start;
  mapping->first_page = area->vm_pgoff;
  mapping->file = area->vm_file;
  return 0;
}

static __always_inline void name_file(struct bytepath_place* place, struct inode* inode) {
  struct hlist_node* alias = BPF_CORE_READ(inode, i_dentry.first);
  struct dentry* entry;

  place->parts = 0;
  if (!alias) return;
  entry = (void*)alias - bpf_core_field_offset(struct dentry, d_u.d_alias);
  for (__u32 i = 0; i < bytepath_place_parts; ++i) {
    struct dentry* parent = BPF_CORE_READ(entry, d_parent);
    if (parent == entry) break;
    bpf_probe_read_kernel_str(place->names[i], bytepath_place_name,
                              BPF_CORE_READ(entry, d_name.name));
    place->parts = i + 1;
    entry = parent;
  }
}

/* The mapping is looked up while the sample is taken: the process may be gone when it is read. */
static __always_inline void remember_place(const struct bytepath_program* program, __u64 address) {
  const struct bytepath_place_key key = {.program = *program, .address = address};
  struct task_struct* task = bpf_get_current_task_btf();
  struct mapping mapping = {};
  struct bytepath_place* place;
  struct inode* inode;
  struct file* file;
  const __u32 only = 0;

  if (bpf_map_lookup_elem(&places, &key)) return;
  place = bpf_map_lookup_elem(&new_place, &only);
  if (!place || bpf_find_vma(task, address, take_mapping, &mapping, 0)) {
    count(&dropped_places);
    return;
  }
  place->inode = 0;
  place->device = 0;
  place->parts = 0;
  place->file_offset = address - mapping.begin + (mapping.first_page << PAGE_SHIFT);
  file = mapping.file;
  if (file) {
    inode = BPF_CORE_READ(file, f_inode);
    place->inode = BPF_CORE_READ(inode, i_ino);
    place->device = BPF_CORE_READ(inode, i_sb, s_dev);
    name_file(place, inode);
  }
  if (bpf_map_update_elem(&places, &key, place, BPF_ANY)) count(&dropped_places);
}

static __always_inline void count_copy(const struct bytepath_copy* copy, __u64 left) {
  struct bytepath_copy_samples* found = bpf_map_lookup_elem(&copies, copy);
  const struct bytepath_copy_samples none = {};

  if (!found) {
    bpf_map_update_elem(&copies, copy, &none, BPF_NOEXIST);
    found = bpf_map_lookup_elem(&copies, copy);
  }
  if (!found) {
    count(&dropped_copies);
    return;
  }
  __sync_fetch_and_add(&found->samples, 1);
  __sync_fetch_and_add(&found->left_bytes, left);
}

SEC("perf_event")
int sample_copy(struct bpf_perf_event_data* context) {
  struct bytepath_copy copy = {};
  bool in_kernel;
  __u32 bytes;

  if (!is_looked_at()) return 0;
  count(&all_samples);
  in_kernel = !(context->regs.cs & USER_RING);
  copy.program = current_program();
  if (!count_program(&copy.program, in_kernel)) {
    count(&dropped_programs);
    return 0;
  }
  copy.address = context->regs.rip;
  if (!read_instruction(copy.address, in_kernel, &bytes)) {
    count(&unread);
    return 0;
  }
  copy.element_bytes = bytepath_copy_element(bytes);
  if (!copy.element_bytes) return 0;
  if (in_kernel) copy.flags |= bytepath_copy_in_kernel;
  if (context->regs.eflags & DIRECTION_FLAG) copy.flags |= bytepath_copy_backward;
  copy.offset = bytepath_copy_offset(context->regs.rdi, context->regs.rsi);
  count_copy(&copy, context->regs.rcx * copy.element_bytes);
  if (!in_kernel) remember_place(&copy.program, copy.address);
  return 0;
}
