#pragma once
#include <memory>

#include "simulation/cache.h"

// Policies that keep all objects in one queue, in the order in which they came or were used.
namespace bytepath::simulation {

std::unique_ptr<Cache> make_fifo(std::uint64_t capacity);
std::unique_ptr<Cache> make_lru(std::uint64_t capacity);
std::unique_ptr<Cache> make_clock(std::uint64_t capacity);
std::unique_ptr<Cache> make_sieve(std::uint64_t capacity);

}  // namespace bytepath::simulation
