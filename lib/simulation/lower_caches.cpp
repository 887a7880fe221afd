#include "simulation/lower_caches.h"

#include <algorithm>

namespace bytepath::simulation {

LowerCaches::LowerCaches(Policy policy, std::span<const std::uint64_t> capacities)
    : knows_the_future_(policy == Policy::belady) {
  for (const std::uint64_t capacity : capacities) {
    cells_.push_back({.capacity = capacity});
    caches_.push_back(make_cache(policy, capacity));
  }
}

void LowerCaches::add(std::span<const Request> missed_above) {
  for (const Request& request : missed_above) {
    if (!knows_the_future_) {
      feed(request);
      continue;
    }
    kept_.push_back(request.object);
    if (request.object >= bytes_.size()) bytes_.resize(request.object + 1);
    bytes_[request.object] = request.bytes;
  }
}

void LowerCaches::finish() {
  auto objects = kept_;
  objects_to_next_uses(kept_);
  for (std::size_t i = 0; i < objects.size(); ++i) {
    feed({.object = objects[i],
          .bytes = bytes_[objects[i]],
          .next = kept_[i] == UINT32_MAX ? Request::never : kept_[i]});
  }
  kept_.clear();
}

void LowerCaches::feed(const Request& request) {
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    if (caches_[i]->access(request)) continue;
    ++cells_[i].misses;
    cells_[i].missed_bytes += request.bytes;
  }
}

void objects_to_next_uses(std::span<std::uint32_t> objects) {
  std::vector<std::uint32_t> next;
  for (std::size_t i = objects.size(); i-- > 0;) {
    const std::uint32_t object = objects[i];
    if (object >= next.size()) next.resize(object + 1, UINT32_MAX);
    objects[i] = next[object];
    next[object] = static_cast<std::uint32_t>(i);
  }
}

}  // namespace bytepath::simulation
