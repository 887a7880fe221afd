#pragma once
#include <cmath>
#include <numbers>
#include <vector>

#include "stats/random.h"

// Seeded noise that is the same on every host: std's distributions differ between libraries.
namespace bytepath::stats {

inline double uniform(Random& random) {
  return (static_cast<double>(random.next() >> 11U) + 0.5) * 0x1p-53;
}

inline double exponential(Random& random) { return -std::log(uniform(random)); }

inline double normal(Random& random) {
  const double radius = std::sqrt(2 * exponential(random));
  return radius * std::cos(2 * std::numbers::pi * uniform(random));
}

// Times of one program, run after run, as recorded on shared virtual machines: what slows one run
// slows the next as well (autocorrelation 0.8 of the logarithms), now and then one takes 1.3 to 3
// times as long, and the host drifts. The difference of two runs in a row spreads by `spread`.
class SharedHost {
 public:
  explicit SharedHost(Random& random, double spread = 0.05)
      : random_(&random), deviation_(spread / std::sqrt(2 * (1 - persistence))) {
    state_ = deviation_ * normal(random);
  }

  double next_time() {
    state_ = persistence * state_ +
             std::sqrt(1 - persistence * persistence) * deviation_ * normal(*random_);
    ++runs_;
    const double drift = 0.1 * std::sin(2 * std::numbers::pi * runs_ / 500);
    const double burst = random_->below(30) == 0 ? 1.3 + 1.7 * uniform(*random_) : 1;
    return std::exp(state_ + drift) * burst;
  }

 private:
  static constexpr double persistence = 0.8;
  Random* random_;
  double deviation_;
  double state_ = 0;
  double runs_ = 0;
};

struct Times {
  std::vector<double> base;
  std::vector<double> now;
};

// One more pair of which a fair coin says which ran first; `now` takes `factor` times as long.
inline void add_pair(Times& times, double first, double second, Random& random, double factor = 1) {
  const bool base_first = random.below(2) == 0;
  times.base.push_back(base_first ? first : second);
  times.now.push_back((base_first ? second : first) * factor);
}

}  // namespace bytepath::stats
