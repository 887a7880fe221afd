#pragma once
#include <cstddef>
#include <functional>
#include <vector>

#include "chase/arena.h"
#include "measure/clock.h"
#include "stats/random.h"

// Three ways to learn what a load costs that finds its line `bytes` of other lines away, in
// nanoseconds a load. All chase pointers whose order is random.
namespace bytepath::chase {

// A group of lines that is timed: small enough that the first-level TLB of every CPU of the last
// ten years holds its 64 pages, large enough to be drawn from at random.
inline constexpr std::size_t group_bytes = std::size_t{256} << 10;

// Memory in groups, each a closed chain of one line a pair.
class Groups {
 public:
  Groups() = default;
  Groups(const Arena& arena, stats::Random& random);

  std::size_t count() const { return starts_.size(); }
  std::byte* begin(std::size_t group) const { return data_ + group * group_bytes; }
  std::size_t bytes() const { return count() * group_bytes; }
  // Where a chase of that group goes on: each reads other lines than the one before.
  void*& at(std::size_t group) { return starts_[group]; }

 private:
  std::byte* data_ = nullptr;
  std::vector<void*> starts_;
};

// Lap after lap through all lines of the arena's first `bytes`, group after group so that few loads
// miss the TLB. What a lap finds is what the one before left: on a host with neighbours, or with
// others on this one, it measures how long lines are left alone, and a slow lap stays slow. One
// that takes no longer than some 0.2 ms is not disturbed.
double lap_latency(const measure::Clock& clock, Arena& arena, std::size_t bytes,
                   stats::Random& random);

// A random group is read, then so much else that `bytes` lie between two reads of a line; its pages
// are touched, so that no TLB misses; then a quarter of it is chased, before anybody else can take
// many lines away and before the lines that come with their neighbours' are many. passes: how often
// what lies in between is read; twice where a cache may protect what was used before from what is
// read once, as L2 of Zen 5 does. bytes >= group_bytes.
double reuse_latency(const measure::Clock& clock, Groups& groups, std::size_t bytes, int passes,
                     stats::Random& random);

// A random group is flushed from all caches, its pages are touched, an eighth of it is chased: the
// memory's latency without reading more memory than the largest cache holds.
double flushed_latency(const measure::Clock& clock, Groups& groups, stats::Random& random);

// A random group is read, `wait` is called, then its pages are touched and a quarter of it chased.
double waited_latency(const measure::Clock& clock, Groups& groups, stats::Random& random,
                      const std::function<void()>& wait);

// Nanoseconds of a cycle of the core, whatever its clock is now: by a chain of additions, one cycle
// each, and by one of multiplications, three each; the faster of the two. A thread that shares the
// core takes places from additions, not from the few multiplications.
double cycle_time(const measure::Clock& clock);

}  // namespace bytepath::chase
