#pragma once
#include <cstdint>
#include <vector>

#include "simulation/cache.h"

namespace bytepath::simulation {

// The least capacity at which LRU would have had each request's object: one pass gives the misses
// at every capacity (Mattson, Gecsei, Slutz, Traiger, 1970). A Fenwick tree over the times of last
// use holds the bytes in use; O(log objects) a request.
class StackDistances {
 public:
  static constexpr std::uint64_t first_use = UINT64_MAX;

  // Bytes of the objects used since this one was, with its own; first_use: it never was.
  std::uint64_t access(const Request& request);

 private:
  void compact();
  void add(std::uint64_t time, std::int64_t bytes);
  std::uint64_t before(std::uint64_t time) const;  // bytes of those last used up to then

  std::vector<std::int64_t> tree_{0};
  std::vector<std::uint32_t> object_at_{0};  // by time, from 1
  std::vector<std::uint64_t> last_use_;      // by object; 0: never
  std::vector<std::uint32_t> bytes_;
  std::uint64_t now_ = 0;
  std::uint64_t all_bytes_ = 0;
};

// The share of requests that miss under LRU at each of some capacities, exact or of a sample.
class LruCurve {
 public:
  // rate: of the objects, those whose hash falls below it are looked at (SHARDS with a fixed rate,
  // adjusted: Waldspurger et al., FAST 2015); 1 is exact. Capacities in bytes, ascending.
  explicit LruCurve(std::vector<std::uint64_t> capacities, double rate = 1);

  // `name` decides whether the object is of the sample.
  void access(const Request& request, std::uint64_t name);
  std::vector<double> miss_ratios() const;  // as the capacities; 0 to 1

 private:
  std::vector<std::uint64_t> capacities_;
  double rate_;
  std::uint64_t limit_;
  StackDistances distances_;
  std::uint64_t all_ = 0;
  std::uint64_t sampled_ = 0;
  std::vector<std::uint64_t> hits_;  // that need this capacity, and would miss at the one before
};

}  // namespace bytepath::simulation
