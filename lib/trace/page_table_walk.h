#pragma once
#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>

#include "base/result.h"

namespace bytepath::trace {

// A run of mapped pages that are alike, counted from the walk's start, as long as possible.
struct MappedRun {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  bool accessed = false;
  bool huge = false;  // one bit for 2 MiB or 1 GiB: which of its pages were touched cannot be told
  bool operator==(const MappedRun&) const = default;
};

struct WalkCounts {
  std::uint64_t present = 0;   // pages that are mapped
  std::uint64_t accessed = 0;  // of those
  std::uint64_t huge = 0;      // pages mapped by entries of 2 MiB or 1 GiB
  // Pages whose table could not be read, or changed while it was: they are in none of these.
  std::uint64_t unreadable = 0;
};

// Reads the accessed bits of another process's page table, which no interface of the kernel shows
// by page (CONFIG_IDLE_PAGE_TRACKING apart): a BPF syscall program walks the table. The direct map
// is found by trying where the table's own address translates to itself. Changes nothing;
// pages::clear_referenced() resets the bits. Needs CAP_BPF and CAP_PERFMON, Linux 5.17 (bpf_loop),
// x86-64 with 4 or 5 levels. Memory: two bits a page for 8 GiB of addresses at a time.
//
// What an accessed bit says, on x86-64:
// - The CPU sets it when it walks the table, which it does not do for an address that is still in
//   its TLB. clear_refs flushes no TLB: a page that is touched all the time by a program with few
//   others may keep its bit clear.
// - The kernel sets it in each entry that it makes (vm_page_prot has it; mm/memory.c
//   set_pte_range), so that all pages of a fault-around window (64 KiB), of a large folio and of a
//   populated range count as accessed when they are mapped. Only pages that were mapped before the
//   bits were cleared are told apart exactly.
// - DAMON and reclaim clear it as well. Of 2 MiB entries DAMON's note in the folio counts as the
//   bit, which may be another process's that maps the same file; of pages what it took is missing.
class PageTableWalker {
 public:
  static Result<PageTableWalker> open();
  PageTableWalker(PageTableWalker&&) noexcept;
  PageTableWalker& operator=(PageTableWalker&&) noexcept;
  ~PageTableWalker();

  // Mapped pages of [start, end) of the process (its number as /proc shows it), ascending. What
  // was found before an error is found. Error: no such process, or none with memory of its own
  // (usage); addresses that are not a program's (usage); it ended or executed another program
  // meanwhile (failed); the direct map cannot be found (unsupported).
  Result<WalkCounts> walk(pid_t process, std::uint64_t start, std::uint64_t end,
                          const std::function<void(const MappedRun&)>& found);

 private:
  struct Session;
  explicit PageTableWalker(std::unique_ptr<Session> session);
  std::unique_ptr<Session> session_;
};

}  // namespace bytepath::trace
