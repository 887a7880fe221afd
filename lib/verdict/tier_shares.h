#pragma once
#include <functional>
#include <string>
#include <vector>

#include "result/document.h"
#include "stats/histogram.h"

// A view of tier-probe's documents for the rules about reads of files.
namespace bytepath::verdict {

struct TierTimes {
  std::string tier;
  stats::Histogram times;
};

// The histograms tier_latency whose labels `wanted` takes, by tier, the fastest first.
std::vector<TierTimes> times_by_tier(const result::Document& document,
                                     const std::function<bool(const result::Labels&)>& wanted);

stats::Histogram all_of(const std::vector<TierTimes>& tiers);

// "page cache 67.0 %, block device 32.9 %, FUSE 0.100 %": of the accesses.
std::string shares_text(const std::vector<TierTimes>& tiers);

}  // namespace bytepath::verdict
