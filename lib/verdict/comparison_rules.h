#pragma once
#include "result/document.h"

// probe-compare's rules: what the rows of the table "comparisons" amount to. Nothing is computed
// again, so that a replayed document is judged by the statistics it was measured with. The
// document's parameters may hold strict and broken_instrument (bool) and confirmation ("",
// "confirmed" or "not confirmed": the failed gates were measured a second time).
namespace bytepath::verdict {

// Each adds the findings of one id.
void judge_failed_gates(result::Document& document);       // compare.gate.failed
void judge_regressions(result::Document& document);        // compare.regression
void judge_improvements(result::Document& document);       // compare.improvement
void judge_not_judged(result::Document& document);         // compare.not-judged
void judge_missing(result::Document& document);            // compare.missing
void judge_broken_instrument(result::Document& document);  // compare.broken-instrument

// The line to quote. verdict.state: "failed" (a gate failed), "not-judged" (a gated row could not
// be judged; with strict also where one is inconclusive or the instrument is broken), "passed"
// (gates, and none failed) or "compared" (no gate that may decide). A gate that failed with a
// broken instrument under strict is "not-judged": such a run can neither pass nor fail.
void judge_comparisons(result::Document& document);

}  // namespace bytepath::verdict
