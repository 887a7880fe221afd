#include "simulation/cache.h"

#include <algorithm>
#include <array>

#include "simulation/adaptive_caches.h"
#include "simulation/heap_caches.h"
#include "simulation/queue_caches.h"

namespace bytepath::simulation {
namespace {

struct Row {
  Policy policy;
  std::string_view name;
  std::unique_ptr<Cache> (*make)(std::uint64_t capacity);
};

constexpr std::array rows = {
    Row{Policy::lru, "lru", make_lru},       Row{Policy::lru2, "lru-2", make_lru2},
    Row{Policy::fifo, "fifo", make_fifo},    Row{Policy::clock, "clock", make_clock},
    Row{Policy::sieve, "sieve", make_sieve}, Row{Policy::s3_fifo, "s3-fifo", make_s3_fifo},
    Row{Policy::arc, "arc", make_arc},       Row{Policy::two_queues, "2q", make_two_queues},
    Row{Policy::lfu, "lfu", make_lfu},       Row{Policy::belady, "belady", make_belady},
};

}  // namespace

std::string_view name(Policy policy) { return std::ranges::find(rows, policy, &Row::policy)->name; }

std::optional<Policy> policy_named(std::string_view name) {
  const auto* const found = std::ranges::find(rows, name, &Row::name);
  if (found == rows.end()) return std::nullopt;
  return found->policy;
}

std::unique_ptr<Cache> make_cache(Policy policy, std::uint64_t capacity_bytes) {
  return std::ranges::find(rows, policy, &Row::policy)->make(capacity_bytes);
}

}  // namespace bytepath::simulation
