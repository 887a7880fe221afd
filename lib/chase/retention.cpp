#include "chase/retention.h"

#include <immintrin.h>

#include <cmath>

#include "kernels/chase/chase.h"
#include "stats/order.h"

namespace bytepath::chase {
namespace {

struct Wait {
  double ns;
  int times;
};
// Some 0.2 s in all.
constexpr Wait waits[] = {{0, 9},         {100'000, 9},    {300'000, 9},   {1'000'000, 9},
                          {3'000'000, 7}, {10'000'000, 5}, {30'000'000, 3}};

// Not by sleeping, which would give the core to others.
void spin(const measure::Clock& clock, double ns) {
  const std::uint64_t from = clock.now();
  while (clock.nanoseconds(from, clock.now()) < ns) _mm_pause();
}

}  // namespace

std::vector<RetentionPoint> retention_curve(const measure::Clock& clock, Groups& groups,
                                            stats::Random& random, const Progress& progress) {
  std::vector<RetentionPoint> curve;
  for (const auto& wait : waits) {
    std::vector<double> times;
    for (int i = 0; i < wait.times; ++i) {
      if (!progress(curve.size(), std::size(waits), "how long lines stay")) return curve;
      times.push_back(waited_latency(clock, groups, random, [&] { spin(clock, wait.ns); }));
    }
    const auto summary = stats::summarize(times);
    curve.push_back({.wait_ns = wait.ns,
                     .ns = summary.median,
                     .low = summary.low,
                     .high = summary.high,
                     .count = summary.count});
  }
  return curve;
}

std::optional<double> half_life(const std::vector<RetentionPoint>& curve, double memory_ns) {
  if (curve.size() < 2) return std::nullopt;
  const double half = (curve.front().ns + memory_ns) / 2;
  for (std::size_t i = 1; i < curve.size(); ++i) {
    if (curve[i].ns < half) continue;
    const double part = (half - curve[i - 1].ns) / (curve[i].ns - curve[i - 1].ns);
    // The first wait is 0, of which there is no logarithm.
    if (i == 1) return part * curve[1].wait_ns;
    return curve[i - 1].wait_ns * std::pow(curve[i].wait_ns / curve[i - 1].wait_ns, part);
  }
  return std::nullopt;
}

}  // namespace bytepath::chase
