#pragma once
#include <chrono>
#include <cstdint>
#include <set>

#include "faults/fault_ledger.h"
#include "faults/watched_files.h"

namespace bytepath::faults {

// Looks into the page tables of running processes for what they have mapped of the watched files,
// every second and in at most a twentieth of the time. What a process maps and unmaps between two
// looks, or has when it ends, is not seen.
class ProcessLooks {
 public:
  ProcessLooks(FaultLedger& ledger, WatchedFiles& watched) : ledger_(ledger), watched_(watched) {}

  void add(std::uint32_t process) { processes_.insert(process); }
  void look_if_due();
  void look();

 private:
  // False: it is gone.
  bool look_at(std::uint32_t process);

  FaultLedger& ledger_;
  WatchedFiles& watched_;
  std::set<std::uint32_t> processes_;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace bytepath::faults
