#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "simulation/cache.h"

namespace bytepath::simulation {

// Caches of several capacities below another cache: they are asked for what it misses.
class LowerCaches {
 public:
  struct Cell {
    std::uint64_t capacity = 0;  // bytes
    std::uint64_t misses = 0;
    std::uint64_t missed_bytes = 0;
  };

  LowerCaches(Policy policy, std::span<const std::uint64_t> capacities);

  // Belady is told of each request when the next one for the same object is known, at finish(): it
  // keeps 4 bytes a request until then.
  void add(std::span<const Request> missed_above);
  void finish();

  const std::vector<Cell>& cells() const { return cells_; }

 private:
  void feed(const Request& request);

  bool knows_the_future_;
  std::vector<Cell> cells_;
  std::vector<std::unique_ptr<Cache>> caches_;  // as cells_
  std::vector<std::uint32_t> kept_;             // objects
  std::vector<std::uint32_t> bytes_;            // by object
};

// For each request, which one asks for the same object next; never is written as UINT32_MAX.
// In place: takes the objects. The caller has fewer than 2^32 - 1 requests.
void objects_to_next_uses(std::span<std::uint32_t> objects);

}  // namespace bytepath::simulation
