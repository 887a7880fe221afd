#pragma once
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "faults/watched_files.h"
#include "pages/page_set.h"

// Which pages of its files a running process touches, window by window, without its help: the
// accessed bits of its page table are cleared, and read again after an interval.
namespace bytepath::faults {

struct HeatOptions {
  pid_t process = 0;
  std::chrono::milliseconds interval{100};
  std::uint64_t rounds = 0;  // windows; 0: until progress ends it or the process does
  // For hosts or users without BPF, and for tests: only totals by file.
  bool totals_only = false;
};

// What of one file was touched in a window.
struct FileHeat {
  std::size_t file = 0;    // of WatchedFiles::files()
  pages::PageSet touched;  // pages whose accessed bit was set; empty when only totals are known
  // Of the file, in such pages; of totals: whole folios, up to 2 MiB for one byte.
  std::uint64_t touched_bytes = 0;
  // In pages.
  std::uint64_t present = 0;  // mapped at the end of the window
  std::uint64_t huge = 0;     // of those: by 2 MiB entries, whose pages are touched all or none
  // Of `touched`: mapped within the window. The kernel sets the bit in every entry that it makes,
  // so that of these only one in each fault-around window (64 KiB) or large folio need be touched.
  std::uint64_t fresh = 0;
  std::uint64_t fresh_bytes = 0;
  std::uint64_t unreadable = 0;  // parts of the page table that could not be read
};

struct HeatWindow {
  double begin_seconds = 0;  // since the first window's begin; it begins when the bits are clear
  double seconds = 0;        // up to when they were read
  double clear_ns = 0;       // time that the process may have stood still for
  double walk_ns = 0;
  std::vector<FileHeat> files;  // those that the process has mapped
};

enum class HeatEnd { all_rounds, interrupted, process_ended };

struct HeatOutcome {
  HeatEnd end = HeatEnd::all_rounds;
  std::uint64_t windows = 0;
  std::uint64_t spoilt = 0;  // windows that could not be read: the process executed another
                             // program meanwhile
  bool damon = false;        // a DAMON daemon of this host clears accessed bits as well
  std::optional<Error> no_accessed_bits;  // why only totals are known
};

using HeatSink = std::function<void(const HeatWindow&, const WatchedFiles&)>;

// Windows go to the sink one by one: memory does not grow with their number. A window that is
// broken off is not handed over. Totals (Referenced of smaps) are taken where the page table cannot
// be read. Error: no such process (usage); its bits may not be cleared (denied: another user's).
//
// The CPU does not set a bit for an address that is in its TLB, and the kernel clears the bits
// without a flush, so that what fits the TLB (thousands of entries, gigabytes of 2 MiB pages) would
// seem untouched from the second window on. Writing 4 to clear_refs has the side effect of
// flush_tlb_mm() (fs/proc/task_mmu.c clear_refs_write), so that is done as well. Where the kernel
// keeps soft-dirty bits it also resets these: a fault for each page that the process then writes.
Result<HeatOutcome> sample_heat(const HeatOptions& options, WatchedFiles& files,
                                const HeatSink& sink, const Progress& progress);

}  // namespace bytepath::faults
