#include "chase/tlb_reach.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "chase/chain.h"
#include "chase/latency_probes.h"
#include "kernels/chase/chase.h"
#include "stats/order.h"

namespace bytepath::chase {
namespace {

constexpr std::size_t page_bytes = 4096;
constexpr std::size_t lines_of_page = page_bytes / line_bytes;
constexpr std::uint64_t fewest_pages = 16;
constexpr unsigned per_octave = 6;
constexpr double step_cycles = 3;
constexpr std::size_t points_of_a_step = 3;

// The least time of a load over a few laps or parts of one.
double least_time(const measure::Clock& clock, std::byte* begin,
                  const std::vector<std::size_t>& places) {
  using kernels::chase_unroll;
  void* at = link_places(begin, places);
  const std::size_t lap = (places.size() + chase_unroll - 1) / chase_unroll * chase_unroll;
  at = kernels::chase_pointers(at, 2 * lap);
  constexpr std::size_t few_loads = 2048;
  const std::size_t loads = std::max(lap, few_loads);
  double least = 0;
  constexpr int times = 5;
  for (int i = 0; i < times; ++i) {
    const std::uint64_t from = clock.now();
    at = kernels::chase_pointers(at, loads);
    const double ns =
        (clock.nanoseconds(from, clock.now()) - clock.overhead_ns()) / static_cast<double>(loads);
    least = i == 0 ? ns : std::min(least, ns);
  }
  return least;
}

TlbPoint measure_pages(const measure::Clock& clock, Arena& spread, Arena& packed,
                       std::uint64_t pages, stats::Random& random) {
  const auto order = random.permutation(pages);
  std::vector<std::size_t> apart;
  std::vector<std::size_t> together;
  constexpr std::size_t odd = 37;  // lines of successive pages that are no neighbours
  for (const auto page : order) {
    apart.push_back(page * page_bytes + page * odd % lines_of_page * line_bytes);
    together.push_back(page * line_bytes);
  }
  TlbPoint point{.pages = pages};
  point.spread_ns = least_time(clock, spread.data(), apart);
  point.packed_ns = least_time(clock, packed.data(), together);
  point.cycles = (point.spread_ns - point.packed_ns) / cycle_time(clock);
  return point;
}

std::array<double, points_of_a_step> cycles_of(const std::vector<TlbPoint>& curve,
                                               std::size_t first) {
  std::array<double, points_of_a_step> cycles{};
  for (std::size_t i = 0; i < points_of_a_step; ++i) cycles.at(i) = curve[first + i].cycles;
  return cycles;
}

}  // namespace

std::vector<TlbPoint> tlb_curve(const measure::Clock& clock, Arena& spread, Arena& packed,
                                stats::Random& random, const Progress& progress) {
  const std::uint64_t most = std::min(spread.size() / page_bytes, packed.size() / line_bytes);
  std::vector<TlbPoint> curve;
  for (unsigned i = 0;; ++i) {
    const double exact =
        static_cast<double>(fewest_pages) * std::exp2(static_cast<double>(i) / per_octave);
    const auto pages = static_cast<std::uint64_t>(std::lround(exact));
    if (pages > most || !progress(0, 1, "reach of the TLBs")) return curve;
    curve.push_back(measure_pages(clock, spread, packed, pages, random));
  }
}

std::optional<double> tlb_knee(const std::vector<TlbPoint>& curve) {
  if (curve.size() < 2 * points_of_a_step) return std::nullopt;
  const double base = stats::median(cycles_of(curve, 0));
  for (std::size_t i = 1; i + points_of_a_step <= curve.size(); ++i) {
    const auto next = cycles_of(curve, i);
    if (std::ranges::min(next) < base + step_cycles) continue;
    const double half = (base + stats::median(next)) / 2;
    std::size_t at = i;
    while (at > 1 && curve[at - 1].cycles > half) --at;
    const double below = curve[at - 1].cycles;
    const double above = curve[at].cycles;
    const double part = above > below ? std::clamp((half - below) / (above - below), 0.0, 1.0) : 0;
    return static_cast<double>(curve[at - 1].pages) +
           part * static_cast<double>(curve[at].pages - curve[at - 1].pages);
  }
  return std::nullopt;
}

}  // namespace bytepath::chase
