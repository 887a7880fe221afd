#pragma once
#include "result/document.h"

// What run-probe --why found, from the table "explanation" (bytepath-result(5)). A copy is called
// the cause only when this host's own rep movsb, measured beside (metric copy_ratio), is slow at
// those distances too: where a program was found and what the instruction costs are two evidences.
// A copy of the kernel must in addition be found so by count (metric slow_copied_share), where that
// was made.
namespace bytepath::verdict {

void judge_why(result::Document& document);  // run.why.*

}  // namespace bytepath::verdict
