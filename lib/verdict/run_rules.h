#pragma once
#include "result/document.h"

// run-probe's rules for a comparison measured in rounds: the rows of the table "comparisons",
// all of one metric. The document's parameters may hold broken_instrument (bool) and reference_name
// (of the command that the others are compared with).
namespace bytepath::verdict {

// Each adds the findings of one id.
void judge_run_regressions(result::Document& document);   // run.regression
void judge_run_improvements(result::Document& document);  // run.improvement
void judge_run_inconclusive(result::Document& document);  // run.inconclusive
void judge_run_instrument(result::Document& document);    // run.broken-instrument

// The line to quote. verdict.state is that of the worst row: "slower", "inconclusive", "faster" or
// "equivalent"; or "broken-instrument". A document without such rows keeps an empty verdict.
void judge_run(result::Document& document);

}  // namespace bytepath::verdict
