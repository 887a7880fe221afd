#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "simulation/cache.h"
#include "simulation/lower_caches.h"
#include "simulation/object_numbers.h"
#include "simulation/oracle_general.h"

namespace bytepath::simulation {

// Many caches fed with one trace, in one pass over it.
class Sweep {
 public:
  struct Cell {
    Policy policy = Policy::lru;
    std::uint64_t capacity = 0;  // bytes
    std::uint64_t misses = 0;
    std::uint64_t missed_bytes = 0;
  };

  // lower: the capacities of second caches, each of which is asked for what one cache misses, and
  // has its policy.
  Sweep(std::span<const Policy> policies, std::span<const std::uint64_t> capacities,
        std::span<const std::uint64_t> lower = {});

  void add(std::span<const OracleRecord> records);
  // After the last record.
  void finish();
  // Those that were added last, as the caches saw them.
  std::span<const Request> added() const { return requests_; }

  std::uint64_t requests() const { return count_; }  // in all
  std::uint64_t bytes() const { return bytes_; }
  std::uint64_t objects() const { return numbers_.count(); }
  // Of all objects: a cache of that size misses each once.
  std::uint64_t object_bytes() const { return object_bytes_; }
  const std::vector<Cell>& cells() const { return cells_; }         // by policy, then capacity
  const std::vector<LowerCaches>& lower() const { return lower_; }  // as cells, or empty

 private:
  std::vector<Cell> cells_;
  std::vector<std::unique_ptr<Cache>> caches_;  // as cells_
  std::vector<LowerCaches> lower_;
  std::vector<Request> missed_;  // by one cache, of a piece
  ObjectNumbers numbers_;
  std::vector<Request> requests_;
  std::uint64_t count_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t object_bytes_ = 0;
};

// From 1/256 of `largest` up to all of it, evenly by ratio: where a curve bends is not known
// before.
std::vector<std::uint64_t> spread_capacities(std::uint64_t largest, std::size_t count);

}  // namespace bytepath::simulation
