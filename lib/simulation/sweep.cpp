#include "simulation/sweep.h"

#include <algorithm>
#include <cmath>

namespace bytepath::simulation {
namespace {

// Requests between a prefetch and its use: some 100 ns of work, which memory takes to answer.
constexpr std::size_t ahead = 16;

}  // namespace

Sweep::Sweep(std::span<const Policy> policies, std::span<const std::uint64_t> capacities,
             std::span<const std::uint64_t> lower) {
  for (const Policy policy : policies) {
    for (const std::uint64_t capacity : capacities) {
      cells_.push_back({.policy = policy, .capacity = capacity});
      caches_.push_back(make_cache(policy, capacity));
      if (!lower.empty()) lower_.emplace_back(policy, lower);
    }
  }
}

void Sweep::add(std::span<const OracleRecord> records) {
  requests_.clear();
  for (std::size_t i = 0; i < records.size(); ++i) {
    const OracleRecord& record = records[i];
    if (i + ahead < records.size()) numbers_.prefetch(records[i + ahead].object);
    const std::uint32_t known = numbers_.count();
    const Request request{
        .object = numbers_.number_of(record.object),
        .bytes = std::max<std::uint32_t>(record.bytes, 1),
        .next = record.next < 0 ? Request::never : static_cast<std::uint64_t>(record.next)};
    if (numbers_.count() > known) object_bytes_ += request.bytes;
    bytes_ += request.bytes;
    requests_.push_back(request);
  }
  count_ += records.size();
  // One cache after the other: what it knows stays in the processor's caches meanwhile.
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    Cache& cache = *caches_[i];
    missed_.clear();
    for (std::size_t r = 0; r < requests_.size(); ++r) {
      const Request& request = requests_[r];
      if (r + ahead < requests_.size()) cache.prefetch(requests_[r + ahead].object);
      if (cache.access(request)) continue;
      ++cells_[i].misses;
      cells_[i].missed_bytes += request.bytes;
      if (!lower_.empty()) missed_.push_back(request);
    }
    if (!lower_.empty()) lower_[i].add(missed_);
  }
}

void Sweep::finish() {
  for (auto& caches : lower_) caches.finish();
}

std::vector<std::uint64_t> spread_capacities(std::uint64_t largest, std::size_t count) {
  constexpr double smallest_part = 1.0 / 256;
  std::vector<std::uint64_t> capacities;
  for (std::size_t i = 0; i < count; ++i) {
    const double part =
        count == 1
            ? 1
            : std::pow(smallest_part, 1 - static_cast<double>(i) / static_cast<double>(count - 1));
    const auto bytes =
        static_cast<std::uint64_t>(std::llround(static_cast<double>(largest) * part));
    if (bytes > 0 && (capacities.empty() || bytes > capacities.back())) capacities.push_back(bytes);
  }
  return capacities;
}

}  // namespace bytepath::simulation
