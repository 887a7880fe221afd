#pragma once
#include <memory>

#include "simulation/cache.h"

// Policies with several queues, some of which only remember who was there.
namespace bytepath::simulation {

std::unique_ptr<Cache> make_arc(std::uint64_t capacity);
std::unique_ptr<Cache> make_two_queues(std::uint64_t capacity);
std::unique_ptr<Cache> make_s3_fifo(std::uint64_t capacity);

}  // namespace bytepath::simulation
