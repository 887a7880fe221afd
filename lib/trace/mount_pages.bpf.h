// SPDX-License-Identifier: GPL-2.0-only
/* Reads and faults through the page cache of a mount: which pages they were about, and which of
 * them were missing. */
#pragma once
#include "mount_files.bpf.h"
#include "page_cache.bpf.h"

static __always_inline void tell_access(struct mount_thread* thread, struct page_access* access,
                                        __u64 pages, __u32 missed, __u16 way, __u16 outcome) {
  struct bytepath_access_event* event = bpf_ringbuf_reserve(&ring, sizeof(*event), 0);
  const __u64 number = number_of(thread);

  if (!event) {
    count(&lost_accesses);
    return;
  }
  event->kind = bytepath_mount_access;
  event->is_target = is_target(thread);
  event->device = access->device;
  event->time_ns = bpf_ktime_get_ns();
  event->inode = access->inode;
  event->page = access->page;
  event->pages = pages;
  event->missed = missed;
  event->process = number >> 32;
  event->thread = number;
  event->way = way;
  event->outcome = outcome;
  event->reserved = 0;
  bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
}

static __always_inline __u64 overlap(__u64 first, __u64 end, __u64 other_first, __u64 other_end) {
  if (first < other_first) first = other_first;
  if (end > other_end) end = other_end;
  return end > first ? end - first : 0;
}

/* do_fault_around(), mm/memory.c: within a page table. */
#define MOST_AROUND 512

static __always_inline void note_stall(struct mount_thread* thread, struct page_access* read);

/* What was missed in a read whose batch never came: with io_uring another thread goes on. */
static __always_inline void tell_rest(struct mount_thread* thread, struct page_access* read) {
  if (read->missed)
    tell_access(thread, read, read->missed, read->missed, bytepath_way_read, bytepath_outcome_miss);
  read->missed = 0;
}

/* A thread asks for readahead, because pages from `index` on are missing. */
SEC("raw_tp/page_cache_sync_ra")
int miss_pages(struct bpf_raw_tracepoint_args* arguments) {
  struct inode* inode = (void*)arguments->args[0];
  const __u32 device = BPF_CORE_READ(inode, i_sb, s_dev);
  const __u32 place = watched_number(device);
  struct mount_thread* thread;
  struct page_access* read;
  __u64 sequence, number;

  if (place == NOT_WATCHED) return 0;
  thread = current_thread(BPF_LOCAL_STORAGE_GET_F_CREATE);
  if (!thread) {
    count(&lost_accesses);
    return 0;
  }
  if (is_in_fault(thread) && thread->fault.device == device) return 0; /* the fault's */
  read = &thread->reads[place % READ_PLACES];
  number = BPF_CORE_READ(inode, i_ino);
  sequence = reads_done();
  if (read->sequence != sequence || read->inode != number || read->device != device) {
    __builtin_memset(read, 0, sizeof(*read));
    read->sequence = sequence;
    read->inode = number;
    read->device = device;
    read->last = ~0ULL; /* not known before the batch is there */
  }
  /* A call may read several times; what is missing in a read is never behind its end. */
  if (read->last == ~0ULL || arguments->args[1] > read->last) {
    tell_rest(thread, read);
    read->page = arguments->args[1];
    read->last = ~0ULL;
  }
  read->want_first = arguments->args[1];
  read->want_end = arguments->args[1] + arguments->args[3];
  return 0;
}

/* The page that a read begins with. Of a batch whose last page is still on its way nothing is told
 * (filemap_get_pages(), mm/filemap.c), and its pages are read all the same. Where it is the first
 * one, it began with what was found missing, or with the page for which the thread slept. */
static __always_inline __u64 first_of_read(struct mount_thread* thread, struct page_access* read,
                                           bool same, __u64 index, __u64 last) {
  __u64 first = index;

  if (same && read->last == ~0ULL && read->page < first) first = read->page;
  if (thread->slept && thread->slept_last == last && thread->slept_first < first)
    first = thread->slept_first;
  return first;
}

/* A batch of a read is there; `last` is that of the whole read. */
SEC("raw_tp/mm_filemap_get_pages")
int read_pages(struct bpf_raw_tracepoint_args* arguments) {
  struct address_space* mapping = (void*)arguments->args[0];
  struct inode* inode = BPF_CORE_READ(mapping, host);
  const struct inode_facts facts = facts_of(inode);
  struct super_block* of = facts.of;
  const __u32 device = BPF_CORE_READ(of, s_dev);
  const __u32 place = watched_number(device);
  const __u64 index = arguments->args[1];
  const __u64 last = arguments->args[2];
  struct mount_thread* thread;
  struct page_access* read;
  const __u64 number = facts.number;
  __u64 first = index;
  __u64 sequence, ahead;
  bool same;

  if (place == NOT_WATCHED) return 0;
  thread = current_thread(BPF_LOCAL_STORAGE_GET_F_CREATE);
  if (!thread) {
    count(&lost_accesses);
    return 0;
  }
  read = &thread->reads[place % READ_PLACES];
  sequence = reads_done();
  same = read->sequence == sequence && read->inode == number && read->device == device;
  if (!(same && read->last == last && index > read->page)) {
    first = first_of_read(thread, read, same, index, last);
    struct heat_walk walk = {.inode = inode,
                             .number = number,
                             .first = first,
                             .last = last,
                             .device = device,
                             .what = HEAT_TOUCHED};

    if (facts.bytes && walk.last > (facts.bytes - 1) >> PAGE_SHIFT)
      walk.last = (facts.bytes - 1) >> PAGE_SHIFT;
    if (walk.last >= walk.first && is_target(thread)) add_heat(&walk);
    if (!same) {
      read->missed = 0;
      read->missed_end = 0;
      read->added_end = 0;
      read->added_first = 0;
    }
    read->sequence = sequence;
    read->inode = number;
    read->device = device;
  }
  read->page = first;
  read->last = last;
  if (read->want_end > read->missed_end) read->missed_end = read->want_end;
  read->want_end = 0;
  /* What was added within the read, but not because its pages were found missing. */
  ahead = overlap(read->added_first, read->added_end, first, last + 1);
  if (ahead) {
    if (read->added_end > read->missed_end) read->missed_end = read->added_end;
    read->added_first = last + 1;
    read->missed += ahead;
  }
  if (read->missed) {
    tell_access(thread, read, last - first + 1, read->missed, bytepath_way_read,
                bytepath_outcome_miss);
    read->missed = 0;
    thread->slept = 0;
  } else if (thread->slept) {
    thread->slept = 0;
    note_stall(thread, read);
  }
  return 0;
}

SEC("raw_tp/mm_filemap_fault")
int fault_page(struct bpf_raw_tracepoint_args* arguments) {
  struct address_space* mapping = (void*)arguments->args[0];
  struct inode* inode = BPF_CORE_READ(mapping, host);
  const __u32 device = BPF_CORE_READ(inode, i_sb, s_dev);
  const __u64 page = arguments->args[1];
  struct mount_thread* thread;
  struct page_access* fault;
  __u64 sequence, number;

  if (!is_watched(device)) return 0;
  thread = current_thread(BPF_LOCAL_STORAGE_GET_F_CREATE);
  if (!thread) {
    count(&lost_accesses);
    return 0;
  }
  fault = &thread->fault;
  number = BPF_CORE_READ(inode, i_ino);
  sequence = faults_done();
  if (fault->device == device && fault->sequence == sequence && fault->inode == number &&
      fault->page == page)
    return 0; /* tried again */
  struct heat_walk walk = {.inode = inode,
                           .number = number,
                           .first = page,
                           .last = page,
                           .device = device,
                           .what = thread->mapped == sequence + 1 ? HEAT_COUNTED : HEAT_TOUCHED};
  if (is_target(thread)) add_heat(&walk);
  __builtin_memset(fault, 0, sizeof(*fault));
  fault->sequence = sequence;
  fault->inode = number;
  fault->device = device;
  fault->page = page;
  fault->last = page;
  thread->fault_told = 0;
  return 0;
}

struct around_walk {
  struct heat_walk heat;
  struct page_walk pages;
  __u64 first;
  __u64 last;
};

static long map_next(__u32 index, struct around_walk* walk) {
  const __u64 page = walk->first + index;

  if (page > walk->last) return 1;
  if (!can_be_mapped(&walk->pages, page)) return 0;
  walk->heat.first = walk->heat.last = page;
  heat_chunk(page >> HEAT_SHIFT, &walk->heat);
  return 0;
}

/* A fault mapped those of the pages around that were there. Its own, which is not told, was one of
 * them, unless fault_page() follows. */
SEC("raw_tp/mm_filemap_map_pages")
int map_pages(struct bpf_raw_tracepoint_args* arguments) {
  struct address_space* mapping = (void*)arguments->args[0];
  struct inode* inode = BPF_CORE_READ(mapping, host);
  const __u32 device = BPF_CORE_READ(inode, i_sb, s_dev);
  struct mount_thread* thread;
  struct bytepath_heat* found;

  if (!is_watched(device)) return 0;
  thread = current_thread(BPF_LOCAL_STORAGE_GET_F_CREATE);
  if (!thread || !is_target(thread)) return 0;
  struct around_walk walk = {.heat = {.inode = inode,
                                      .number = BPF_CORE_READ(inode, i_ino),
                                      .device = device,
                                      .what = HEAT_MAPPED},
                             .pages = {.mapping = mapping},
                             .first = arguments->args[1],
                             .last = arguments->args[2]};
  if (walk.last < walk.first) return 0;
  bpf_loop(MOST_AROUND, map_next, &walk, 0);
  if (is_in_fault(thread)) return 0; /* counted */
  thread->mapped = faults_done() + 1;
  found = heat_of(inode, device, walk.heat.number, walk.first >> HEAT_SHIFT);
  if (found) __sync_fetch_and_add(&found->accessed, 1);
  return 0;
}

SEC("raw_tp/mm_filemap_add_to_page_cache")
int add_pages(struct bpf_raw_tracepoint_args* arguments) {
  struct folio* folio = (void*)arguments->args[0];
  struct inode* inode = inode_of_folio(folio);
  const __u32 device = BPF_CORE_READ(inode, i_sb, s_dev);
  const __u32 place = watched_number(device);
  struct mount_thread* thread;
  struct page_access* read;
  struct page_access* fault;
  __u64 first, end;

  if (place == NOT_WATCHED) return 0;
  first = index_of_folio(folio);
  end = first + pages_of_folio(folio);
  struct heat_walk walk = {.inode = inode,
                           .number = BPF_CORE_READ(inode, i_ino),
                           .first = first,
                           .last = end - 1,
                           .device = device,
                           .what = HEAT_CACHED};
  add_heat(&walk);
  thread = current_thread(0);
  if (!thread) return 0;
  fault = &thread->fault;
  if (is_in_fault(thread) && fault->device == device) {
    if (!thread->fault_told && fault->inode == walk.number &&
        overlap(first, end, fault->page, fault->page + 1)) {
      thread->fault_told = 1;
      tell_access(thread, fault, 1, 1, bytepath_way_fault, bytepath_outcome_miss);
    }
    return 0;
  }
  read = &thread->reads[place % READ_PLACES];
  if (read->sequence != reads_done() || read->device != device || read->inode != walk.number)
    return 0;
  if (read->want_end) {
    read->missed += overlap(first, end, read->want_first, read->want_end);
  } else {
    if (!read->added_end || first < read->added_first) read->added_first = first;
    if (end > read->added_end) read->added_end = end;
  }
  return 0;
}
