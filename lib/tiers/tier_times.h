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
  // The first million of them in their order, of which the metric's samples are made; empty where
  // only the histogram is known.
  std::vector<float> in_order;

  void add(std::uint64_t ns);
};

struct TierTable {
  std::string name = "tiers";
  std::string title;
  result::Labels labels;  // of the metrics and histograms, with {tier} added
};

// The median of times, with the interval that holds it.
result::Metric time_metric(std::string name, result::Labels labels, const stats::Histogram& times);

// The samples of a metric: medians of 16 stretches of the accesses, so that a gate has numbers to
// compare that vary as a run does.
std::vector<double> samples_of(const TierTimes& tier);

// Adds the table (accesses, bytes and time with their shares, percentiles, evidence), the metrics
// tier_latency (the median, with the interval that holds it) and tier_share, and the histograms
// tier_latency. Tiers without an access are left out; the others keep their order.
void add_tier_times(result::Document& document, const TierTable& table,
                    const std::vector<TierTimes>& tiers);

}  // namespace bytepath::tiers
