#pragma once
#include "benchmark/session.h"
#include "result/document.h"

namespace bytepath::benchmark {

// Compares every command of an interleaved session with the baseline by the metric of the plan, and
// the baseline with itself where that was measured. Adds the table "comparisons", the parameters
// "noise_floor_percent" (how far from 1 the baseline's interval against itself reaches) and
// "broken_instrument" (that interval leaves 1 out, or no two commands could be compared).
void add_session_comparisons(result::Document& document, const Plan& plan, const Session& session);

}  // namespace bytepath::benchmark
