#pragma once
#include <string>
#include <vector>

#include "base/root.h"

namespace bytepath::host {

// One scheme of a running DAMON daemon (Documentation/admin-guide/mm/damon/usage.rst).
struct DamonScheme {
  unsigned daemon = 0;     // kdamonds/<n>
  std::string operations;  // "paddr": all physical memory, "vaddr": chosen processes
  std::string action;      // "pageout", "cold", "stat"...

  // Whether it takes memory away: pages written out, reclaimed or made the first to go.
  bool evicts() const;
};

// The schemes of the daemons whose state is "on", in /sys/kernel/mm/damon, and the reclaim module
// (damon_reclaim), which has its own switch. Empty when there is no DAMON or it is off.
std::vector<DamonScheme> find_damon_schemes(const Root& root);

// DAMON is there, but its files cannot be read: they are open to root only.
bool damon_is_hidden(const Root& root);

}  // namespace bytepath::host
