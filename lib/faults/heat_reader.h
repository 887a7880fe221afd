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
  using Mapped = std::map<std::size_t, pages::PageSet>;

  Result<std::vector<trace::Mapping>> mappings() const;
  Result<ByFile> accessed_pages();
  Result<> walk(const trace::Mapping& mapping, FileHeat& heat, pages::PageSet& mapped,
                const pages::PageSet& mapped_before);
  Result<ByFile> totals();

  pid_t process_;
  WatchedFiles& files_;
  std::optional<trace::PageTableWalker> walker_;
  std::optional<Error> no_accessed_bits_;
  Mapped mapped_;  // of the last reading
};

}  // namespace bytepath::faults
