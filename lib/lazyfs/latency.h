#pragma once
#include <chrono>
#include <string_view>

#include "base/result.h"
#include "stats/random.h"

namespace bytepath::lazyfs {

// How long an answer is held back: always as long, or drawn from a lognormal distribution, which
// has the long tail that storage over a network shows.
class Latency {
 public:
  Latency() = default;  // none
  Latency(std::chrono::nanoseconds median, double sigma) : median_(median), sigma_(sigma) {}

  // "constant:2ms", "lognormal:550us:0.617" (its median, and the standard deviation of its natural
  // logarithm, from 0 to 5).
  static Result<Latency> parse(std::string_view text);

  // The next one; the same seed gives the same ones.
  std::chrono::nanoseconds draw(stats::Random& random) const;

  bool operator==(const Latency&) const = default;

 private:
  std::chrono::nanoseconds median_{};
  double sigma_ = 0;  // 0: constant
};

}  // namespace bytepath::lazyfs
