#pragma once
#include <string>

#include "base/progress.h"
#include "base/result.h"
#include "result/document.h"

namespace bytepath::faults {

// `fault-probe selftest`: does what the other commands say hold on this host? A small program
// touches known pages of a file made in `directory` (empty: the folder for temporary files):
//
// - exact pages: Policy::exact finds the known pages, cold and warm;
// - events: each tracer that this user may use tells the faults that getrusage counts;
// - fixed cost: what a fault takes beside the kernel's handler, as the program sees it;
// - host stall: what the first use of fresh memory takes where no fault happens;
// - page cache: does it stay, who takes it away, in folios of which size.
//
// Table "checks" (check, state: ok, failed, n/a, note; evidence), metrics "fault_fixed_cost" and
// "host_stall_per_page". Parameter "failed_checks". Error: not even the file can be made.
Result<result::Document> self_test(const std::string& directory, const Progress& progress);

}  // namespace bytepath::faults
