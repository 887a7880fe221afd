#pragma once
#include "result/document.h"

// tier-probe's rules about what other processes read (trace).
namespace bytepath::verdict {

// The line to quote: the share of each tier, of accesses and of their time.
void judge_trace(result::Document& document);

void judge_lost_accesses(result::Document& document);  // also of io
void judge_failed_traced_command(result::Document& document);

}  // namespace bytepath::verdict
