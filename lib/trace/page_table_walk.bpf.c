// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the accessed bits of a process's page table, as two bits a page.
 *
 * Nothing is attached: BPF_PROG_RUN runs it once per batch of 2 MiB blocks. Request and answer are
 * the globals below, which user space has mapped. It follows the kernel's own pointers without a
 * lock or a reference, so that all of it may be gone or be something else by the time it is read:
 * every read is one that may fail (bpf_probe_read_kernel), every loop has an end, and what was
 * found counts only if the process still has the same memory afterwards.
 *
 * The process is looked for in the kernel's list of processes rather than by bpf_task_from_pid():
 * syscall programs may call that from Linux 6.10 on, bpf_loop() is there since 5.17. It also finds
 * the process by its number in the caller's PID namespace, which is what /proc shows.
 *
 * Format of the entries: Intel SDM vol. 3A 4.5 (4-level and 5-level paging), AMD APM vol. 2 5.3.
 */
#include <linux/types.h>

#include <linux/bpf.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "page_table_block.h"

#define ENTRIES 512

#define ENTRY_PRESENT (1ULL << 0)
#define ENTRY_ACCESSED (1ULL << 5)
#define ENTRY_DIRTY (1ULL << 6)
#define ENTRY_HUGE (1ULL << 7) /* of the levels of 1 GiB and 2 MiB */
/* Linux' mark of a page that is mapped without access, as automatic NUMA balancing leaves it for a
   while: _PAGE_PROTNONE, arch/x86/include/asm/pgtable_types.h. */
#define ENTRY_NO_ACCESS_BIT 8
#define ENTRY_NO_ACCESS (1ULL << ENTRY_NO_ACCESS_BIT)

#define PAGE_SHIFT 12
#define GIGABYTE_SHIFT 30
#define TOP_SHIFT 48 /* of five levels; of four 39 */
#define LEVEL_BITS 9

char LICENSE[] SEC("license") = "GPL";

/* Only what is read. */
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct list_head {
  struct list_head* next;
};
struct pid_namespace {
  unsigned int level;
};
struct upid {
  int nr;
  struct pid_namespace* ns;
};
struct pid {
  unsigned int level;
  struct upid numbers[1]; /* as many as level + 1 */
};
struct mm_struct {
  void* pgd;
};
struct page {
  unsigned long flags; /* the first member in every kernel, a structure of its own from 6.18 on */
};
struct vm_struct {
  struct page** pages;
};
struct task_struct {
  void* stack;
  struct vm_struct* stack_vm_area; /* CONFIG_VMAP_STACK */
  struct list_head tasks;          /* of the processes: their first threads */
  struct task_struct* group_leader;
  struct pid* thread_pid;
  struct mm_struct* mm;
};
#pragma clang attribute pop
/* include/linux/page-flags.h; the numbers are the running kernel's. */
enum pageflags { PG_head, PG_young };

/* What an entry holds of a physical address. User space knows the CPU's width of it, above which
   the bit of memory encryption may be set. */
const volatile __u64 physical_mask = 0x000ffffffffff000ULL;

/* in */
int process;       /* in the caller's PID namespace */
__u64 first_block; /* address >> 21 */
__u32 block_count; /* at most bytepath_blocks */
__u64 memory;      /* 0, or what an earlier run of the same walk left here: its mm_struct */
/* in and out: kept from run to run, each checked before it is used */
__u64 task_address;
__u64 direct_map;
__u64 page_structs; /* the array of struct page; 0 where it was not found */
/* out */
__u32 status;
struct bytepath_page_table_block blocks[bytepath_blocks];

static __u64 table[ENTRIES];

static __always_inline long read_word(__u64* word, __u64 address) {
  return bpf_probe_read_kernel(word, sizeof(*word), (void*)address);
}

/* ---- the process ---- */

struct identity {
  int number;
  unsigned int level;
  struct pid_namespace* space;
};

static __always_inline void number_at(struct pid* pid, unsigned int level, struct upid* number) {
  const __u64 at = (__u64)&pid->numbers[0] + (__u64)level * bpf_core_type_size(struct upid);

  number->nr = BPF_CORE_READ((struct upid*)at, nr);
  number->ns = BPF_CORE_READ((struct upid*)at, ns);
}

static __always_inline int is_process(__u64 task, const struct identity* wanted) {
  struct pid* pid = BPF_CORE_READ((struct task_struct*)task, thread_pid);
  struct upid number = {};

  if (!pid || BPF_CORE_READ(pid, level) < wanted->level) return 0;
  number_at(pid, wanted->level, &number);
  return number.nr == wanted->number && number.ns == wanted->space;
}

struct search {
  struct identity wanted;
  __u64 first; /* the list is a ring */
  __u64 task;
  __u64 found;
};

static int try_task(__u32 index, struct search* search) {
  struct task_struct* task = (struct task_struct*)search->task;
  const __u64 next = (__u64)BPF_CORE_READ(task, tasks.next);

  if (is_process(search->task, &search->wanted)) {
    search->found = search->task;
    return 1;
  }
  if (!next) return 1;
  search->task = next - bpf_core_field_offset(struct task_struct, tasks);
  return search->task == search->first;
}

static __always_inline __u64 find_task(void) {
  struct task_struct* self = (struct task_struct*)bpf_get_current_task();
  struct pid* pid = BPF_CORE_READ(self, thread_pid);
  struct search search = {};
  struct upid own = {};

  search.wanted.number = process;
  search.wanted.level = BPF_CORE_READ(pid, level);
  number_at(pid, search.wanted.level, &own);
  search.wanted.space = own.ns;
  if (task_address && is_process(task_address, &search.wanted)) return task_address;
  search.first = search.task = (__u64)BPF_CORE_READ(self, group_leader);
  bpf_loop(1 << 22 /* PID_MAX_LIMIT */, try_task, &search, 0);
  return search.found;
}

/* ---- its page table ---- */

enum way { WAY_ENTRY, WAY_ABSENT, WAY_UNREADABLE };

struct entry {
  __u64 value;
  __u64 address; /* of itself */
  int shift;     /* the size of what it maps, as a power of two */
};

/* The kernel of five levels has its direct map below what four levels can address
   (Documentation/arch/x86/x86_64/mm.rst), and the table itself lies in the direct map. */
static __always_inline int top_shift(__u64 pgd) {
  return (__s64)pgd >> (TOP_SHIFT - 1) == -1 ? TOP_SHIFT - LEVEL_BITS : TOP_SHIFT;
}

/* Follows the tables down to the entry of an address at the level `lowest`, or of a larger page. */
static __noinline int find_entry(__u64 pgd, __u64 base, __u64 address, int lowest,
                                 struct entry* found) {
  const int top = top_shift(pgd);
  __u64 at = pgd;

  for (int shift = TOP_SHIFT; shift >= PAGE_SHIFT; shift -= LEVEL_BITS) {
    if (shift > top) continue;
    found->shift = shift;
    found->address = at + sizeof(__u64) * ((address >> shift) & (ENTRIES - 1));
    if (read_word(&found->value, found->address)) return WAY_UNREADABLE;
    if (shift == PAGE_SHIFT) return WAY_ENTRY;
    if (shift <= GIGABYTE_SHIFT && (found->value & ENTRY_HUGE) &&
        (found->value & (ENTRY_PRESENT | ENTRY_NO_ACCESS)))
      return WAY_ENTRY;
    if (!(found->value & ENTRY_PRESENT)) return WAY_ABSENT;
    if (shift <= lowest) return WAY_ENTRY;
    at = base + (found->value & physical_mask);
  }
  return WAY_UNREADABLE;
}

/* ---- the direct map ---- */

/* With this base, do the kernel's own tables translate an address of the direct map to itself? */
static __always_inline int maps_to_itself(__u64 pgd, __u64 base, __u64 address) {
  struct entry entry = {};
  __u64 below;

  if (find_entry(pgd, base, address, PAGE_SHIFT, &entry) != WAY_ENTRY) return 0;
  if (!(entry.value & ENTRY_PRESENT)) return 0;
  below = (1ULL << entry.shift) - 1;
  return base + (entry.value & physical_mask & ~below) + (address & below) == address;
}

struct candidates {
  __u64 pgd;
  __u64 mm;
  __u64 found;
};

/* The base is a multiple of 1 GiB (kernel_randomize_memory(), arch/x86/mm/kaslr.c), and the table
   lies in the physical memory's gigabyte number `index`. Both the table and its mm_struct must
   come out right. Going up from 0 reads no physical address beyond twice the table's own. */
static int try_base(__u32 index, struct candidates* candidates) {
  const __u64 base = ((candidates->pgd >> GIGABYTE_SHIFT) - index) << GIGABYTE_SHIFT;

  if (!maps_to_itself(candidates->pgd, base, candidates->pgd)) return 0;
  if (!maps_to_itself(candidates->pgd, base, candidates->mm)) return 0;
  candidates->found = base;
  return 1;
}

static __always_inline __u64 find_direct_map(__u64 pgd, __u64 mm) {
  struct candidates candidates = {.pgd = pgd, .mm = mm};

  if (direct_map && maps_to_itself(pgd, direct_map, pgd)) return direct_map;
  bpf_loop(1 << 16 /* 64 TiB: what four levels can map */, try_base, &candidates, 0);
  return candidates.found;
}

/* ---- what DAMON took away ---- */

/* DAMON clears the accessed bit of what it samples and leaves a note in the folio, which clear_refs
   resets with the bit (damon_folio_mkold_one(), mm/damon/ops-common.c). It samples thousands of
   folios twice a second and more: for pages of 4 KiB a per mille, for 2 MiB most of a process's. */
static __always_inline int has_young_folio(__u64 entry) {
  const __u64 number = (entry & physical_mask) >> PAGE_SHIFT;
  __u64 flags = 0;

  if (!page_structs || !bpf_core_enum_value_exists(enum pageflags, PG_young)) return 0;
  if (read_word(&flags, page_structs + number * bpf_core_type_size(struct page))) return 0;
  return flags >> bpf_core_enum_value(enum pageflags, PG_head) & 1 &&
         flags >> bpf_core_enum_value(enum pageflags, PG_young) & 1;
}

/* The first page of this task's own stack: the page table has its number, and the kernel's record
   of the stack its struct page. */
static __always_inline void find_page_structs(__u64 pgd) {
  struct task_struct* self = (struct task_struct*)bpf_get_current_task();
  struct entry entry = {};
  struct page** pages;
  __u64 first = 0;

  if (page_structs || !bpf_core_field_exists(struct task_struct, stack_vm_area)) return;
  pages = BPF_CORE_READ(self, stack_vm_area, pages);
  if (read_word(&first, (__u64)pages)) return;
  if (find_entry(pgd, direct_map, (__u64)BPF_CORE_READ(self, stack), PAGE_SHIFT, &entry) !=
          WAY_ENTRY ||
      entry.shift != PAGE_SHIFT || !(entry.value & ENTRY_PRESENT))
    return;
  page_structs =
      first - ((entry.value & physical_mask) >> PAGE_SHIFT) * bpf_core_type_size(struct page);
}

/* ---- the walk ---- */

struct walk {
  __u64 pgd;
  __u64 base;
};

static __always_inline void gather_bits(struct bytepath_page_table_block* block) {
  for (int word = 0; word < ENTRIES / 64; word++) {
    __u64 mapped = 0;
    __u64 accessed = 0;

    for (int bit = 0; bit < 64; bit++) {
      const __u64 value = table[word * 64 + bit];
      const __u64 is_mapped = (value | value >> ENTRY_NO_ACCESS_BIT) & 1;

      mapped |= is_mapped << bit;
      accessed |= (is_mapped & value >> 5) << bit;
    }
    block->mapped[word] = mapped;
    block->accessed[word] = accessed;
  }
}

static int walk_block(__u32 index, struct walk* walk) {
  const __u64 address = (first_block + index) << bytepath_block_shift;
  struct bytepath_page_table_block* block;
  struct entry entry = {};
  __u64 again = 0;
  int way;

  if (index >= bytepath_blocks) return 1;
  block = &blocks[index];
  way = find_entry(walk->pgd, walk->base, address, bytepath_block_shift, &entry);
  if (way != WAY_ENTRY) {
    block->state = way == WAY_ABSENT ? bytepath_block_absent : bytepath_block_unreadable;
    return 0;
  }
  if (entry.value & ENTRY_HUGE) {
    block->state = bytepath_block_huge;
    block->accessed[0] = (entry.value & ENTRY_ACCESSED) ||
                         (entry.shift == bytepath_block_shift && has_young_folio(entry.value));
    return 0;
  }
  block->state = bytepath_block_unreadable;
  if (bpf_probe_read_kernel(table, sizeof(table),
                            (void*)(walk->base + (entry.value & physical_mask))))
    return 0;
  /* A table that was freed meanwhile may have become anything. */
  if (read_word(&again, entry.address)) return 0;
  if ((again ^ entry.value) & ~(ENTRY_ACCESSED | ENTRY_DIRTY)) return 0;
  block->state = bytepath_block_small;
  gather_bits(block);
  return 0;
}

static __always_inline __u32 run_batch(void) {
  struct walk walk = {};
  __u64 mm;
  __u64 last;

  task_address = find_task();
  if (!task_address) return bytepath_walk_no_process;
  mm = (__u64)BPF_CORE_READ((struct task_struct*)task_address, mm);
  if (memory && mm != memory) return bytepath_walk_memory_replaced;
  if (!mm) return bytepath_walk_no_memory;
  memory = mm;
  walk.pgd = (__u64)BPF_CORE_READ((struct mm_struct*)mm, pgd);
  if (!walk.pgd) return bytepath_walk_no_memory;
  /* The upper half of the table is the kernel's. */
  last = (first_block + block_count) << bytepath_block_shift;
  if (last > 1ULL << (top_shift(walk.pgd) + LEVEL_BITS - 1)) return bytepath_walk_out_of_range;
  direct_map = find_direct_map(walk.pgd, mm);
  if (!direct_map) return bytepath_walk_no_direct_map;
  walk.base = direct_map;
  find_page_structs(walk.pgd);
  bpf_loop(block_count, walk_block, &walk, 0);
  /* A process gives its memory up before the tables are freed. */
  if ((__u64)BPF_CORE_READ((struct task_struct*)task_address, mm) != mm)
    return bytepath_walk_memory_replaced;
  return bytepath_walk_done;
}

SEC("syscall")
int walk_page_table(void* context) {
  status = run_batch();
  return 0;
}
