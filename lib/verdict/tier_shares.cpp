#include "verdict/tier_shares.h"

#include <fmt/format.h>

#include <algorithm>

#include "verdict/copy_measurements.h"
#include "verdict/fault_measurements.h"

namespace bytepath::verdict {

std::vector<TierTimes> times_by_tier(const result::Document& document,
                                     const std::function<bool(const result::Labels&)>& wanted) {
  std::vector<TierTimes> tiers;
  for (const auto& each : document.histograms) {
    if (each.name != "tier_latency" || !wanted(each.labels)) continue;
    const std::string tier = label(each.labels, "tier");
    auto at = std::ranges::find(tiers, tier, &TierTimes::tier);
    if (at == tiers.end()) at = tiers.insert(tiers.end(), {.tier = tier, .times = {}});
    at->times.add(each.histogram);
  }
  std::ranges::stable_sort(tiers, {},
                           [](const TierTimes& tier) { return tier.times.quantile(0.5); });
  return tiers;
}

stats::Histogram all_of(const std::vector<TierTimes>& tiers) {
  stats::Histogram all;
  for (const auto& tier : tiers) all.add(tier.times);
  return all;
}

std::string shares_text(const std::vector<TierTimes>& tiers) {
  const auto all = static_cast<double>(all_of(tiers).count());
  std::vector<std::string> texts;
  for (const auto& tier : tiers)
    texts.push_back(
        fmt::format("{} {}", tier.tier, share_text(static_cast<double>(tier.times.count()), all)));
  return fmt::format("{}", fmt::join(texts, ", "));
}

}  // namespace bytepath::verdict
