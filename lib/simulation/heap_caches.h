#pragma once
#include <memory>

#include "simulation/cache.h"

// Policies that evict what is least by a key: how long ago, how often, how soon.
namespace bytepath::simulation {

std::unique_ptr<Cache> make_lru2(std::uint64_t capacity);
std::unique_ptr<Cache> make_lfu(std::uint64_t capacity);
std::unique_ptr<Cache> make_belady(std::uint64_t capacity);

}  // namespace bytepath::simulation
