#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "result/document.h"
#include "simulation/cache.h"
#include "simulation/oracle_general.h"

// The part of `chunk-probe whatif` about caches.
namespace bytepath::chunks {

// A trace of requests that can be gone through more than once.
struct RequestSource {
  // The next ones; none at the end.
  using Next = std::function<Result<std::span<const simulation::OracleRecord>>()>;
  std::uint64_t requests = 0;
  std::function<Result<Next>()> open;
};

RequestSource source_of_file(const std::string& path, std::uint64_t requests);

struct CacheQuestion {
  std::vector<simulation::Policy> policies;  // empty: all
  std::vector<std::uint64_t> capacities;     // bytes, ascending; empty: `sizes` of them
  std::size_t sizes = 20;
  std::vector<std::uint64_t> lower;  // of second caches below each; empty: none
};

struct CacheAnswer {
  bool complete = true;
  // The best that a second cache had of what reached it, 0 to 1.
  std::optional<double> best_lower_hit_ratio;
};

// Adds tables "trace" and "miss_ratios", series "miss_ratio" by policy and "lru_curve", metrics
// "miss_ratio" and "byte_miss_ratio" for each cell; with second caches also the table "tiers" and
// the metrics "tier_requests" and "tier_bytes". One pass, and one before it where no capacities are
// given. Errors: those of the source.
Result<CacheAnswer> add_caches(result::Document& document, const RequestSource& source,
                               const CacheQuestion& question, const Progress& progress);

}  // namespace bytepath::chunks
