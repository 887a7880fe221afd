#pragma once
#include "result/document.h"

// chunk-probe's rules about images and what-ifs.
namespace bytepath::verdict {

// The lines to quote. Of a what-if that has both, the line about caches is quoted.
void judge_dedup(result::Document& document);
void judge_start_what_if(result::Document& document);
void judge_cache_what_if(result::Document& document);

// What a what-if found out.
void judge_chunk_size(result::Document& document);
void judge_prefetch_list(result::Document& document);
void judge_dead_nodes(result::Document& document);
void judge_start_model(result::Document& document);
void judge_incomplete_trace(result::Document& document);

}  // namespace bytepath::verdict
