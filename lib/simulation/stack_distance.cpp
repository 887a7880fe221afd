#include "simulation/stack_distance.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "simulation/object_numbers.h"

namespace bytepath::simulation {
namespace {

constexpr std::uint64_t least_slots = 1024;

std::uint64_t lowest_bit(std::uint64_t value) { return value & (~value + 1); }

}  // namespace

void StackDistances::add(std::uint64_t time, std::int64_t bytes) {
  for (; time < tree_.size(); time += lowest_bit(time)) tree_[time] += bytes;
}

std::uint64_t StackDistances::before(std::uint64_t time) const {
  std::int64_t sum = 0;
  for (; time > 0; time -= lowest_bit(time)) sum += tree_[time];
  return static_cast<std::uint64_t>(sum);
}

// Numbers the times of last use anew, without gaps, and makes room for as many again.
void StackDistances::compact() {
  std::uint64_t kept = 0;
  for (std::uint64_t time = 1; time < object_at_.size(); ++time) {
    const std::uint32_t object = object_at_[time];
    if (object >= last_use_.size() || last_use_[object] != time) continue;
    object_at_[++kept] = object;
    last_use_[object] = kept;
  }
  const std::uint64_t slots = std::max(least_slots, 2 * kept) + 1;
  object_at_.resize(slots);
  tree_.assign(slots, 0);
  now_ = kept;
  for (std::uint64_t time = 1; time <= kept; ++time) {
    tree_[time] += bytes_[object_at_[time]];
    const std::uint64_t parent = time + lowest_bit(time);
    if (parent < slots) tree_[parent] += tree_[time];
  }
  for (std::uint64_t time = kept + 1; time < slots; ++time) {
    const std::uint64_t parent = time + lowest_bit(time);
    if (parent < slots) tree_[parent] += tree_[time];
  }
}

std::uint64_t StackDistances::access(const Request& request) {
  if (now_ + 1 >= tree_.size()) compact();
  const std::uint32_t object = request.object;
  if (object >= last_use_.size()) {
    last_use_.resize(object + 1);
    bytes_.resize(object + 1);
  }
  std::uint64_t distance = first_use;
  const std::uint64_t last = last_use_[object];
  if (last == 0) {
    bytes_[object] = request.bytes;
    all_bytes_ += request.bytes;
  } else {
    distance = all_bytes_ - before(last - 1);
    add(last, -std::int64_t{bytes_[object]});
  }
  ++now_;
  add(now_, bytes_[object]);
  object_at_[now_] = object;
  last_use_[object] = now_;
  return distance;
}

LruCurve::LruCurve(std::vector<std::uint64_t> capacities, double rate)
    : capacities_(std::move(capacities)),
      rate_(std::min(rate, 1.0)),
      limit_(rate_ >= 1 ? std::numeric_limits<std::uint64_t>::max()
                        : static_cast<std::uint64_t>(std::ldexp(rate_, 64))),
      hits_(capacities_.size()) {}

void LruCurve::access(const Request& request, std::uint64_t name) {
  ++all_;
  if (rate_ < 1 && ObjectNumbers::hash(name) >= limit_) return;
  ++sampled_;
  const std::uint64_t distance = distances_.access(request);
  if (distance == StackDistances::first_use) return;
  const double scaled = static_cast<double>(distance) / rate_;
  const auto place = std::ranges::lower_bound(
      capacities_, scaled, {}, [](std::uint64_t bytes) { return static_cast<double>(bytes); });
  if (place != capacities_.end()) ++hits_[static_cast<std::size_t>(place - capacities_.begin())];
}

std::vector<double> LruCurve::miss_ratios() const {
  std::vector<double> ratios;
  // A sample with more or fewer requests than its share owes it to a few objects that are used all
  // the time, and hit at every capacity.
  const double expected = static_cast<double>(all_) * rate_;
  double hits = expected - static_cast<double>(sampled_);
  for (const std::uint64_t more : hits_) {
    hits += static_cast<double>(more);
    ratios.push_back(expected > 0 ? std::clamp(1 - hits / expected, 0.0, 1.0) : 1);
  }
  return ratios;
}

}  // namespace bytepath::simulation
