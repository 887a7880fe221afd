#pragma once
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "faults/command_line.h"
#include "faults/policy_executor.h"
#include "faults/tracer_choice.h"
#include "faults/watched_files.h"
#include "intercept/intercept.h"
#include "result/document.h"

namespace bytepath::faults {

struct WhatIfOptions {
  std::vector<intercept::Policy> policies;  // the first is what the others are compared with
  std::vector<CacheBefore> caches;
  std::uint64_t pairs = 6;  // fewer than 6 give no interval of 95 %
  std::uint64_t seed = 0;
  bool drop_all = false;
  benchmark::FailureRule failures;  // which statuses of the command are no reason to stop
  Backend backend = Backend::automatic;
};

struct WhatIf {
  result::Document document;
  std::optional<Error>
      error;  // why it ended early; the document holds what was measured until then
};

// Runs the command under each policy, interleaved in rounds, from a page cache in the same state;
// then once more under each policy with a tracer, for what it waited for, and once for the exact
// pages, for what was read in vain. The timed runs are not traced.
Result<WhatIf> what_if(WatchedFiles watched, const CommandLine& command,
                       const WhatIfOptions& options, const Progress& progress);

}  // namespace bytepath::faults
