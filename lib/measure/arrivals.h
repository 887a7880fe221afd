#pragma once
#include <chrono>
#include <cmath>
#include <cstdint>

#include "stats/normal.h"
#include "stats/random.h"

namespace bytepath::measure {

// When the accesses of an open loop are meant to begin: independent of how long the ones before
// took, as those of many users are. A latency counted from there holds the time that an access
// waited behind slower ones, which a loop that begins the next when the last has ended leaves out
// (Tene, "How NOT to Measure Latency", 2013: coordinated omission).
class Arrivals {
 public:
  enum class Spacing { even, poisson };

  // per_second > 0. The same seed gives the same times.
  Arrivals(double per_second, Spacing spacing, std::uint64_t seed)
      : gap_ns_(1e9 / per_second), spacing_(spacing), random_(seed) {}

  // Since the begin of the loop: the first is 0, no later one is earlier.
  std::chrono::nanoseconds next() {
    const auto now = std::chrono::nanoseconds(static_cast<std::int64_t>(at_ns_));
    at_ns_ += spacing_ == Spacing::even ? gap_ns_ : -gap_ns_ * std::log(stats::uniform(random_));
    return now;
  }

 private:
  double gap_ns_;
  Spacing spacing_;
  stats::Random random_;
  double at_ns_ = 0;
};

}  // namespace bytepath::measure
