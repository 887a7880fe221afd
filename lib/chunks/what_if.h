#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "result/document.h"
#include "simulation/cache.h"

namespace bytepath::chunks {

struct WhatIfOptions {
  std::string trace;                         // oracleGeneral
  std::vector<simulation::Policy> policies;  // empty: all
  std::vector<std::uint64_t> capacities;     // bytes, ascending; empty: `sizes` of them
  std::size_t sizes = 20;
};

// `chunk-probe whatif`: what caches of other policies and sizes would have made of a trace. Tables
// "trace" and "miss_ratios", series "miss_ratio" by policy and "lru_curve", a metric for each cell.
// One pass over the file, and one before it where no capacities are given. Errors: those of
// OracleReader.
Result<result::Document> what_if(const WhatIfOptions& options, const Progress& progress);

}  // namespace bytepath::chunks
