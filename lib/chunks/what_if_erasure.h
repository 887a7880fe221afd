#pragma once
#include <vector>

#include "chunks/erasure_code.h"
#include "result/document.h"

// The part of `chunk-probe whatif` about erasure codes and dead nodes.
namespace bytepath::chunks {

struct ErasureQuestion {
  std::vector<ErasureCode> codes;
  Nodes nodes;
  LatencyModel shard;
  double hit_ratio = 0.99;  // of the cache with all nodes alive, 0 to 1
};

// Adds the table "erasure", a row a code, and the metrics "erasure_latency" by code and percentile
// ("50" to "99.99"), "l2_hit_ratio" and "origin_load" by code, with the dead nodes.
void add_erasure(result::Document& document, const ErasureQuestion& question);

}  // namespace bytepath::chunks
