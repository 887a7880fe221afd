#include "chase/latency_probes.h"

#include <algorithm>

#include "chase/chain.h"
#include "kernels/chase/chase.h"

namespace bytepath::chase {
namespace {

using kernels::chase_pointers;
using kernels::chase_unroll;

double timed_chase(const measure::Clock& clock, void*& at, std::size_t loads) {
  const std::uint64_t from = clock.now();
  void* const end = chase_pointers(at, loads);
  const std::uint64_t to = clock.now();
  at = end;
  return (clock.nanoseconds(from, to) - clock.overhead_ns()) / static_cast<double>(loads);
}

std::size_t loads_for(std::size_t places) {
  return (places + chase_unroll - 1) / chase_unroll * chase_unroll;
}

constexpr std::size_t lines_of_group = group_bytes / pair_bytes;

// Reads `bytes` behind that group, from the begin again after the end.
void read_behind(const Groups& groups, std::size_t group, std::size_t bytes) {
  std::size_t at = (group + 1) * group_bytes % groups.bytes();
  while (bytes > 0) {
    const std::size_t piece = std::min(bytes, groups.bytes() - at);
    kernels::read_lines(groups.begin(0) + at, piece);
    bytes -= piece;
    at = (at + piece) % groups.bytes();
  }
}

}  // namespace

Groups::Groups(const Arena& arena, stats::Random& random) : data_(arena.data()) {
  for (std::size_t at = 0; at + group_bytes <= arena.size(); at += group_bytes)
    starts_.push_back(link_places(arena.data() + at, random_lap(group_bytes, pair_bytes, random)));
}

double lap_latency(const measure::Clock& clock, Arena& arena, std::size_t bytes,
                   stats::Random& random) {
  std::vector<std::size_t> places;
  for (std::size_t group = 0; group < bytes; group += group_bytes) {
    for (const auto place : random_lap(std::min(group_bytes, bytes - group), line_bytes, random))
      places.push_back(group + place);
  }
  void* at = link_places(arena.data(), places);
  const std::size_t lap = loads_for(places.size());
  at = chase_pointers(at, std::max(2 * lap, chase_unroll * 16));
  // Some 4 us at least, so that the clock's step of up to 10 ns is a quarter of a percent; of a
  // long lap a quarter.
  constexpr std::size_t few_loads = 4096;
  const std::size_t loads = std::max(few_loads, loads_for(places.size() / 4));
  double least = timed_chase(clock, at, loads);
  constexpr int more = 5;  // an interrupt hits some of them
  for (int i = 0; i < more; ++i) least = std::min(least, timed_chase(clock, at, loads));
  return least;
}

double waited_latency(const measure::Clock& clock, Groups& groups, stats::Random& random,
                      const std::function<void()>& wait) {
  const std::size_t group = random.below(groups.count());
  for (int twice = 0; twice < 2; ++twice) kernels::read_lines(groups.begin(group), group_bytes);
  wait();
  kernels::touch_pages(groups.begin(group), group_bytes);
  return timed_chase(clock, groups.at(group), lines_of_group / 4);
}

double reuse_latency(const measure::Clock& clock, Groups& groups, std::size_t bytes, int passes,
                     stats::Random& random) {
  const std::size_t group = random.below(groups.count());
  kernels::read_lines(groups.begin(group), group_bytes);
  for (int pass = 0; pass < passes; ++pass) read_behind(groups, group, bytes - group_bytes);
  kernels::touch_pages(groups.begin(group), group_bytes);
  return timed_chase(clock, groups.at(group), lines_of_group / 4);
}

double flushed_latency(const measure::Clock& clock, Groups& groups, stats::Random& random) {
  const std::size_t group = random.below(groups.count());
  kernels::flush_lines(groups.begin(group), group_bytes);
  kernels::touch_pages(groups.begin(group), group_bytes);
  return timed_chase(clock, groups.at(group), lines_of_group / 8);
}

double cycle_time(const measure::Clock& clock) {
  constexpr std::size_t additions = 8192;
  constexpr std::size_t multiplications = 2048;
  constexpr double cycles_each = 3;
  const auto least = [&](void (*chain)(std::size_t), std::size_t count, double cycles) {
    double ns = 0;
    for (int i = 0; i < 3; ++i) {
      const std::uint64_t from = clock.now();
      chain(count);
      const double time = clock.nanoseconds(from, clock.now()) - clock.overhead_ns();
      ns = i == 0 ? time : std::min(ns, time);
    }
    return ns / cycles;
  };
  return std::min(
      least(kernels::chain_additions, additions, additions),
      least(kernels::chain_multiplications, multiplications, multiplications * cycles_each));
}

}  // namespace bytepath::chase
