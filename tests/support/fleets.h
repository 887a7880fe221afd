#pragma once
#include <cmath>
#include <map>
#include <string>

#include "fleet/fleet.h"
#include "stats/normal.h"

// Fleets whose hosts differ by chance, of which a test knows what was planted.
namespace bytepath::test {

struct Chance {
  double spread = 0.02;  // of the hosts, as the standard deviation of a logarithm
  bool heavy = false;    // of a Student t distribution with 6 degrees of freedom instead
};

inline double drawn(const Chance& chance, stats::Random& random) {
  double value = stats::normal(random);
  if (chance.heavy) {
    double squares = 0;
    for (int i = 0; i < 6; ++i) squares += std::pow(stats::normal(random), 2);
    value /= std::sqrt(squares / 6);
  }
  return std::exp(chance.spread * value);
}

// A document of `metrics` metrics "m0", "m1", ... that are 100 but for chance and their factor.
inline result::Document measured(std::size_t metrics, const Chance& chance, stats::Random& random,
                                 const std::map<std::size_t, double>& factors = {}) {
  result::Document document{.tool = "tier-probe", .verdict = {.state = "measured", .text = ""}};
  document.host.cpu.vendor = "AuthenticAMD";
  document.host.cpu.family = 26;
  document.host.kernel = "6.1";
  document.host.libc = "glibc 2.36";
  for (std::size_t i = 0; i < metrics; ++i) {
    const auto factor = factors.find(i);
    const double value =
        100 * drawn(chance, random) * (factor == factors.end() ? 1 : factor->second);
    document.metrics.push_back({.name = "m" + std::to_string(i),
                                .unit = "ns",
                                .better = result::Better::lower,
                                .median = value,
                                .low = value * 0.99,
                                .high = value * 1.01,
                                .count = 16});
  }
  return document;
}

}  // namespace bytepath::test
