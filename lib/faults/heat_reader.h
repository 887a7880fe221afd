#pragma once
#include <sys/types.h>

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "faults/heat.h"
#include "faults/watched_files.h"
#include "pages/page_set.h"
#include "trace/mapping_table.h"
#include "trace/page_table_walk.h"

namespace bytepath::faults {

// Clears a process's accessed bits and flushes its TLB entries: see sample_heat().
Result<> clear_accessed(pid_t process);

// Pages of one file that are in a page table, by whatever mappings: a file may be mapped twice.
struct SeenPages {
  pages::PageSet mapped;
  pages::PageSet huge;  // of those: by 2 MiB entries
};
// Takes in a run of a mapping that begins at that page of the file. The sets have room for it.
void add_run(const trace::MappedRun& run, std::uint64_t first_page, SeenPages& seen,
             FileHeat& heat);
// When all runs of a window are in: its sums. before: what was mapped when it began; file_bytes: 0
// where not known.
void sum_up(FileHeat& heat, const SeenPages& seen, const pages::PageSet& before,
            std::uint64_t file_bytes);

// Reads what was touched since clear_accessed(), by the best means there is.
class HeatReader {
 public:
  HeatReader(pid_t process, bool totals_only, WatchedFiles& files);

  // Error: the process has ended or executed another program.
  Result<std::vector<FileHeat>> read();
  // Why there are only totals, if so.
  const std::optional<Error>& no_accessed_bits() const { return no_accessed_bits_; }

 private:
  using ByFile = std::map<std::size_t, FileHeat>;
  using Seen = std::map<std::size_t, SeenPages>;

  Result<std::vector<trace::Mapping>> mappings() const;
  Result<ByFile> accessed_pages();
  Result<> walk(const trace::Mapping& mapping, FileHeat& heat, SeenPages& seen);
  Result<ByFile> totals();

  pid_t process_;
  WatchedFiles& files_;
  std::optional<trace::PageTableWalker> walker_;
  std::optional<Error> no_accessed_bits_;
  Seen seen_;  // by the last reading
};

}  // namespace bytepath::faults
