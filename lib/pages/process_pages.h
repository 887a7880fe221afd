#pragma once
#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/descriptor.h"
#include "base/result.h"
#include "pages/page_set.h"

// What the kernel tells about the pages that a process has mapped.
namespace bytepath::pages {

// The page table of a process through /proc/PID/pagemap. Open it once and keep it: it goes on
// working until the process's memory is gone.
class PageTable {
 public:
  // Error: no such process (usage), not ours to look at (denied).
  static Result<PageTable> open(pid_t pid);

  // Calls found(first, count) for runs of pages of [start, end) that are mapped, ascending and as
  // page numbers counted from `start`. PAGEMAP_SCAN (Linux 6.7) where there is one, else the
  // present bits. PAGEMAP_SCAN is given at most 512 regions a call: with more it returns a stale
  // walk_end and the last batch would be counted twice (seen on 6.18). Error (failed): the process
  // has ended; what was told then is not all.
  Result<> mapped(std::uint64_t start, std::uint64_t end,
                  const std::function<void(std::uint64_t first, std::uint64_t count)>& found) const;

 private:
  explicit PageTable(Descriptor file) : file_(std::move(file)) {}
  Descriptor file_;
};

// Sets the accessed bits of a process's file mappings to "not" (3 to /proc/PID/clear_refs).
Result<> clear_referenced(pid_t pid);

// Of one mapping in /proc/PID/smaps, in bytes.
struct MappingUse {
  std::uint64_t start = 0;
  std::uint64_t end = 0;
  std::uint64_t file_offset = 0;
  std::uint64_t inode = 0;
  std::string path;
  std::uint64_t resident = 0;
  std::uint64_t referenced = 0;   // whole folios: up to 2 MiB for one byte
  std::uint64_t huge_mapped = 0;  // FilePmdMapped: by 2 MiB entries of the page table
  bool random_read = false;       // VmFlags rr: MADV_RANDOM
  bool sequential_read = false;   // VmFlags sr
};
std::vector<MappingUse> parse_mapping_use(std::string_view smaps);
Result<std::vector<MappingUse>> mapping_use(pid_t pid);

}  // namespace bytepath::pages
