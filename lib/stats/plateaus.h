#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

// Finds the steps of a staircase: of latencies that rise from one cache's to the next one's as the
// bytes grow that are read again and again.
namespace bytepath::stats {

struct Plateau {
  std::size_t first = 0;  // points[first..last] lie on it
  std::size_t last = 0;
  double level = 0;  // median of its values
  // Where the curve leaves it: at the geometric mean of its level and the next one's. Nothing for
  // the last.
  std::optional<double> knee;
};

struct PlateauOptions {
  // How many are expected, such as the levels of cache that CPUID tells of and the memory: so many
  // are found unless the curve says clearly otherwise. 0: no one knows.
  std::size_t expected = 0;
  // Levels closer than this factor are one.
  double smallest_step = 1.3;
  // A flat stretch of fewer doublings of x is a bend of the way up.
  double shortest_octaves = 0.75;
};

// x: ascending and positive; values: positive, as many. Cuts the curve into flat stretches and the
// ways up between them, by dynamic programming over the logarithm of the nearest rising curve: a
// point on a plateau costs the square of its distance in units of the curve's own noise, up to a
// bound; one on a way up a fixed price; each plateau a price, and their number one for each that it
// differs from the expected. Empty where there are fewer than three points.
std::vector<Plateau> find_plateaus(std::span<const double> x, std::span<const double> values,
                                   const PlateauOptions& options = {});

}  // namespace bytepath::stats
