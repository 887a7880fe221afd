#pragma once
#include "result/document.h"

// chunk-probe's rules: the line to quote, of each command.
namespace bytepath::verdict {

void judge_dedup(result::Document& document);
void judge_cache_what_if(result::Document& document);

}  // namespace bytepath::verdict
