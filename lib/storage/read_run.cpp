#include "storage/read_run.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace bytepath::storage {
namespace {

std::uint64_t whole(float nanoseconds) {
  return static_cast<std::uint64_t>(std::max(nanoseconds, 0.0F));
}

double border_of(const ReadSamples& samples) {
  std::vector<double> times;
  for (const auto& sample : samples.samples) times.push_back(sample.service_ns);
  return guess_border(times);
}

void add_sample(TierReads& tier, const ReadSample& sample) {
  const std::uint64_t service = whole(sample.service_ns);
  tier.service.add(service);
  tier.in_order.push_back(sample.service_ns);
  tier.response.add(whole(sample.response_ns));
  // A request that an earlier one had under way may have begun before.
  const std::uint64_t outside =
      std::min(service, whole(std::max(sample.device_ns, sample.daemon_ns)));
  const std::uint64_t device = std::min(outside, whole(sample.device_ns));
  tier.software_ns += service - outside;
  tier.device_ns += device;
  tier.daemon_ns += outside - device;
  if (outside == 0) return;
  tier.device.add(device);
  tier.software.add(service - outside);
}

}  // namespace

void add_samples(ReadRun& run, const ReadSamples& samples, std::optional<Tier> miss) {
  const double border = miss ? border_of(samples) : 0;
  if (miss && std::isfinite(border)) run.border_ns = static_cast<std::uint64_t>(border);
  for (const auto& sample : samples.samples) {
    Tier tier = sample.tier;
    if (miss) tier = sample.service_ns >= border ? *miss : Tier{bytepath_tier_cache};
    add_sample(run.tiers.at(static_cast<std::size_t>(tier)), sample);
  }
  run.accesses += samples.samples.size();
  run.seconds += samples.seconds;
}

Agreement compare_with_truth(const ReadSamples& samples) {
  Agreement agreement;
  for (const auto& sample : samples.samples) {
    // What is under way is not resident yet, and no miss of this access: that is no contradiction.
    const bool under_way = sample.tier == bytepath_tier_readahead && !sample.was_resident;
    ++agreement.asked;
    if (under_way || is_hit(sample.tier) == sample.was_resident) ++agreement.agreed;
  }
  return agreement;
}

Agreement compare_second_hop(const ReadSamples& samples) {
  Agreement agreement;
  for (const auto& sample : samples.samples) {
    const bool waited = sample.tier == bytepath_tier_fuse_block;
    if (!waited && sample.tier != bytepath_tier_fuse_cache && sample.tier != bytepath_tier_fuse)
      continue;
    ++agreement.asked;
    if (waited != sample.backing_was_resident) ++agreement.agreed;
  }
  return agreement;
}

}  // namespace bytepath::storage
