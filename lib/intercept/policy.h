#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "intercept/intercept.h"

// What a policy makes of a program's system calls. Pure.
namespace bytepath::intercept {

// An mmap(2) of a chosen file.
struct MapCall {
  std::uint64_t protection = 0;
  std::uint64_t flags = 0;
  std::optional<bool> writable_file;  // its descriptor is open for writing; nothing: not known
};

// How it is to be made.
struct MapPlan {
  std::uint64_t flags = 0;  // instead of the program's
  std::vector<int> advice;  // madvise(2) on it, before the program sees the mapping
  bool lock_on_fault =
      false;  // mlock2(2) with MLOCK_ONFAULT, in place of MAP_LOCKED, which populates
  bool one_fault_a_page = false;  // register it as Policy::exact says
};
// A shared mapping of a file that is open for writing may become writable (VM_MAYWRITE), which is
// what userfaultfd(2) asks for, so that it can stay a shared one. It also stays one when that is
// not known, as what the program writes would be lost in a private one, and if it cannot be
// registered then, that is told; and when the kernel is to refuse it, as it would not refuse a
// private one.
MapPlan plan_map(Policy policy, const MapCall& call);

// May the program's own advice, and its locking of pages, have no effect on chosen files?
bool overrides_advice(Policy policy);
// Do the program's locks of memory bring pages in only as they are touched?
bool locks_on_fault(Policy policy);

// Advice values of madvise(2) and posix_fadvise(2) which bring pages in or say how to.
std::span<const int> memory_advice();
std::span<const int> file_advice();
// Those of madvise(2) which take mapped pages away.
std::span<const int> dropping_advice();
bool drops_pages(int memory_advice);
// May process_madvise(2) bring pages into another process's memory by it? The kernel refuses the
// rest (process_madvise_remote_valid, mm/madvise.c).
bool is_for_others(int memory_advice);

}  // namespace bytepath::intercept
