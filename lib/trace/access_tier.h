// From what happened within an access to the tier that served it: the one place where that is
// decided, in C so that the BPF program labels what it counts as user space labels its own reads.
#pragma once
#include "access_event.h"

// Was the page that the access is about not in the page cache? Readahead of the pages behind it is
// no miss. What adds nothing to the page cache and yet reads goes past it (O_DIRECT,
// FOPEN_DIRECT_IO) or fills a page whose earlier read failed.
static inline int bytepath_access_missed(const struct bytepath_access* access) {
  return access->pages_missed > 0 ||
         (access->pages_added == 0 && (access->block_requests > 0 || access->fuse_reads > 0));
}

static inline int bytepath_tier_of_fuse_read(const struct bytepath_access* access) {
  if (access->answers_waited > 0) return bytepath_tier_fuse_block;
  if (access->answers_cached > 0) return bytepath_tier_fuse_cache;
  return bytepath_tier_fuse;
}

static inline int bytepath_tier_of_access(const struct bytepath_access* access) {
  if (!bytepath_access_missed(access)) {
    if (access->pages_added > 0 || access->waits > 0) return bytepath_tier_readahead;
    return access->fuse_others > 0 ? bytepath_tier_fuse_attributes : bytepath_tier_cache;
  }
  if (access->fuse_reads > 0) return bytepath_tier_of_fuse_read(access);
  if (access->block_requests > 0) return bytepath_tier_block;
  if (access->waits == 0) return bytepath_tier_empty;
  // Another's request brought it: the block layer joins neighbours into one.
  return access->on_block_device ? bytepath_tier_block : bytepath_tier_other;
}

static inline int bytepath_tier_of_fault(const struct bytepath_access* fault) {
  if (fault->is_file) return bytepath_tier_of_access(fault);
  return fault->is_major ? bytepath_tier_swap : bytepath_tier_memory;
}
