#pragma once
#include "result/document.h"

// tier-probe's rules about its own reads of a file (io).
namespace bytepath::verdict {

// The line to quote: the share of each tier, and its time.
void judge_io(result::Document& document);

void judge_eviction(result::Document& document);
void judge_guessed_labels(result::Document& document);
void judge_queueing(result::Document& document);
void judge_resident_start(result::Document& document);
void judge_labels(result::Document& document);

}  // namespace bytepath::verdict
