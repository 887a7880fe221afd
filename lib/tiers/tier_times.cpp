#include "tiers/tier_times.h"

#include "result/document_parts.h"
#include "result/percentiles.h"
#include "stats/order.h"

namespace bytepath::tiers {
namespace {

using result::Better;
using result::share;
using result::whole;

// A part of all: the bounds of the interval by ranks that holds the median.
struct RankInterval {
  double low = 0;
  double high = 1;
};

RankInterval median_interval(std::uint64_t count) {
  const std::size_t rank = stats::median_rank(count);
  if (rank == 0) return {};
  const auto part = static_cast<double>(rank) / static_cast<double>(count);
  return {.low = part, .high = 1 - part};
}

}  // namespace

result::Metric time_metric(std::string name, result::Labels labels, const stats::Histogram& times) {
  const RankInterval interval = median_interval(times.count());
  return {.name = std::move(name),
          .labels = std::move(labels),
          .unit = "ns",
          .better = Better::lower,
          .median = times.quantile(0.5),
          .low = times.quantile(interval.low),
          .high = times.quantile(interval.high),
          .count = times.count(),
          .samples = {}};
}

void TierTimes::add(std::uint64_t ns) {
  constexpr std::size_t most = std::size_t{1} << 20;
  times.add(ns);
  if (in_order.size() < most) in_order.push_back(static_cast<float>(ns));
}

std::vector<double> samples_of(const TierTimes& tier) {
  constexpr std::size_t batches = 16;
  return stats::batch_medians(tier.in_order, batches);
}

void add_tier_times(result::Document& document, const TierTable& table,
                    const std::vector<TierTimes>& tiers) {
  std::uint64_t accesses = 0;
  std::uint64_t time = 0;
  std::uint64_t bytes = 0;
  for (const auto& tier : tiers) {
    accesses += tier.times.count();
    time += tier.times.sum();
    bytes += tier.bytes;
  }
  result::Table rows{.name = table.name,
                     .title = table.title,
                     .columns = {{"tier", ""},
                                 {"accesses", ""},
                                 {"of_accesses", "percent"},
                                 {"bytes", "B"},
                                 {"of_bytes", "percent"},
                                 {"of_time", "percent"}},
                     .rows = {}};
  result::add_percentile_columns(rows);
  rows.columns.push_back({"evidence", ""});
  for (const auto& tier : tiers) {
    if (tier.times.count() == 0) continue;
    std::vector<result::Value> row{
        tier.tier,         whole(tier.times.count()), share(tier.times.count(), accesses),
        whole(tier.bytes), share(tier.bytes, bytes),  share(tier.times.sum(), time)};
    result::add_percentiles(row, tier.times);
    row.emplace_back(tier.evidence);
    rows.rows.push_back(std::move(row));
    result::Labels labels = table.labels;
    labels["tier"] = tier.tier;
    document.metrics.push_back(time_metric("tier_latency", labels, tier.times));
    document.metrics.back().samples = samples_of(tier);
    document.metrics.push_back(result::single_metric(
        "tier_share", labels, share(tier.times.count(), accesses), "percent", Better::none));
    document.histograms.push_back(
        {.name = "tier_latency", .labels = labels, .unit = "ns", .histogram = tier.times});
  }
  document.tables.push_back(std::move(rows));
}

}  // namespace bytepath::tiers
