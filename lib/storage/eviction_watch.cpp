#include "storage/eviction_watch.h"

#include <algorithm>

#include "host/damon.h"
#include "host/pressure.h"

namespace bytepath::storage {

EvictionWatch::EvictionWatch(const Root& root)
    : root_(root), before_(host::read_memory_pressure(root)) {}

Evicting EvictionWatch::seen() const {
  Evicting evicting{.damon_hidden = host::damon_is_hidden(root_)};
  for (const auto& scheme : host::find_damon_schemes(root_)) {
    const bool known = std::ranges::find(evicting.damon, scheme.action) != evicting.damon.end();
    if (scheme.evicts() && !known) evicting.damon.push_back(scheme.action);
  }
  const auto now = host::read_memory_pressure(root_);
  if (before_ && now) evicting.pressure_us = *now - std::min(*before_, *now);
  return evicting;
}

}  // namespace bytepath::storage
