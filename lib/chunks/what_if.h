#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "chunks/erasure_code.h"
#include "chunks/grid_parts.h"
#include "chunks/what_if_caches.h"
#include "chunks/worker_trace.h"
#include "result/document.h"

namespace bytepath::chunks {

struct WhatIfOptions {
  // One in libCacheSim's form oracleGeneral, or some of chunk-probe record.
  std::vector<std::string> traces;
  CacheQuestion caches;

  // ---- of recorded traces ----
  std::vector<Grid> grids;
  std::string latencies;  // as parse_tiers() takes them, over its defaults
  std::string rates;
  std::size_t parallel = 8;
  std::size_t runs = 200;
  std::uint64_t seed = 1;
  std::string prefetch;                 // a list of ranges; empty: none
  std::optional<WorkerOptions> worker;  // the caches get its trace instead of the recorded starts
  std::string write;                    // the composed trace; empty: not written

  // ---- of a cache over many nodes ----
  std::vector<ErasureCode> codes;
  Nodes nodes{.all = 20, .dead = 0};
  std::optional<double> l2_hit_ratio;  // 0 to 1; without: that of the simulated cache, or 0.99
};

// `chunk-probe whatif`: what other grids, lists, caches and codes would have made of what was
// recorded. See what_if_starts.h, what_if_caches.h and what_if_erasure.h for what the document has.
// Errors (usage): a trace or the list cannot be read or is not what it should be, traces of both
// forms or several of oracleGeneral, an option that needs a recorded start without one, more dead
// nodes than nodes, fewer nodes than shards.
Result<result::Document> what_if(const WhatIfOptions& options, const Progress& progress);

}  // namespace bytepath::chunks
