#pragma once
#include "benchmark/session.h"
#include "result/document.h"
#include "stats/comparison.h"

namespace bytepath::benchmark {

// The change from `base` to `now`, values of the metric of the plan round by round, as the
// comparison of a session tells it: a count of 0 is a value like any other.
stats::Effect change_of(const Plan& plan, std::vector<double> base, std::vector<double> now,
                        stats::Stopping stopping);

// Compares every command of an interleaved session with the baseline by the metric of the plan, and
// the baseline with itself where that was measured. Adds the table "comparisons", the parameters
// "noise_floor_percent" (how far from 1 the baseline's interval against itself reaches) and
// "broken_instrument" (that interval leaves 1 out, or no two commands could be compared).
void add_session_comparisons(result::Document& document, const Plan& plan, const Session& session);

}  // namespace bytepath::benchmark
