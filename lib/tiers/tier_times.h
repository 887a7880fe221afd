#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "result/document.h"
#include "stats/histogram.h"

// What accesses cost by the tier that served them, in the form that all commands of tier-probe
// report: files, other processes and servers alike.
namespace bytepath::tiers {

struct TierTimes {
  std::string tier;  // "page cache", "block device", "edge", "origin"
  // How it was told which tier that was: "bpf", "mincore", "rusage", "header"; "guessed" by the
  // time itself.
  std::string evidence;
  stats::Histogram times;  // nanoseconds from an access's begin to its end
  std::uint64_t bytes = 0;
};

struct TierTable {
  std::string name = "tiers";
  std::string title;
  result::Labels labels;  // of the metrics and histograms, with {tier} added
};

// The median of times, with the interval that holds it.
result::Metric time_metric(std::string name, result::Labels labels, const stats::Histogram& times);

// Adds the table (accesses, bytes and time with their shares, percentiles, evidence), the metrics
// tier_latency (the median, with the interval that holds it) and tier_share, and the histograms
// tier_latency. Tiers without an access are left out; the others keep their order.
void add_tier_times(result::Document& document, const TierTable& table,
                    const std::vector<TierTimes>& tiers);

}  // namespace bytepath::tiers
