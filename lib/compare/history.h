#pragma once
#include <span>
#include <string>

#include "compare/store.h"
#include "compare/suite.h"

namespace bytepath::compare {

struct HistoryRun {
  Entry entry;
  Suite suite;
};

struct HistoryOptions {
  std::string benchmark;
  std::string metric;
  double smallest_step = 0.03;  // a part of 1: levels closer than this are one level
};

// How one metric of one benchmark went over the stored runs, oldest first: the series "history" of
// each machine (times of two machines have no level in common), and a row of the table
// "change_points" for each run from which on the level is another: benchmark, metric, machine, from
// (the last run before: time-commit), to (the first run after), before, after (text, as in the
// table "comparisons") and change (percent_change). Fewer than 3 runs make no level, so that one
// bad session is none, and the newest change shows after 3 runs. Runs that lack the metric are left
// out. Call it for each metric: series and rows are added. Error (usage): smallest_step is not
// above 0; (unsupported): no run holds the metric.
Result<> add_history(result::Document& document, std::span<const HistoryRun> runs,
                     const HistoryOptions& options);

}  // namespace bytepath::compare
