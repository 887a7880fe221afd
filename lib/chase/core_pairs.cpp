#include "chase/core_pairs.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

#include "kernels/chase/chase.h"
#include "measure/pages.h"
#include "stats/order.h"
#include "stats/spread.h"

namespace bytepath::chase {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::uint64_t ended = UINT64_MAX;

// A line of its own, and of its pair.
struct alignas(128) Line {
  std::atomic<std::uint64_t> value = 0;
};

// Nobody waits for longer than this for an answer: the other thread may not be running.
constexpr auto patience = milliseconds(200);

// Answers each odd number with the next even one, until `ended`.
void answer(Line& line, int cpu, std::atomic<int>& state) {
  const auto pinned = measure::Pinned::to(cpu);
  state = pinned ? 1 : -1;
  std::uint64_t awaited = 1;
  for (;;) {
    const auto value = line.value.load(std::memory_order_acquire);
    if (value == ended) return;
    if (value != awaited) continue;
    line.value.store(awaited + 1, std::memory_order_release);
    awaited += 2;
  }
}

// Nanoseconds one way, a burst of round trips each.
std::vector<double> bursts(const measure::Clock& clock, Line& line) {
  constexpr int trips = 50;
  constexpr auto duration = milliseconds(20);
  std::vector<double> times;
  std::uint64_t number = 0;
  const auto end = steady_clock::now() + duration;
  while (steady_clock::now() < end) {
    const auto give_up = steady_clock::now() + patience;
    const std::uint64_t from = clock.now();
    for (int i = 0; i < trips; ++i) {
      line.value.store(number + 1, std::memory_order_release);
      for (std::uint64_t spins = 1; line.value.load(std::memory_order_acquire) != number + 2;
           ++spins) {
        constexpr std::uint64_t now_and_then = 1U << 16U;
        if (spins % now_and_then == 0 && steady_clock::now() > give_up) return times;
      }
      number += 2;
    }
    times.push_back(clock.nanoseconds(from, clock.now()) / (2 * trips));
  }
  return times;
}

double additions_time(const measure::Clock& clock) {
  constexpr std::size_t additions = 200'000;  // some 20 us
  std::vector<double> times;
  for (int i = 0; i < 50; ++i) {
    const std::uint64_t from = clock.now();
    kernels::wide_additions(additions);
    times.push_back(clock.nanoseconds(from, clock.now()));
  }
  return stats::median(times);
}

double time_together(const measure::Clock& clock, int other) {
  const double alone = additions_time(clock);
  std::atomic<bool> stop = false;
  std::atomic<bool> runs = false;
  std::thread load([&] {
    const auto pinned = measure::Pinned::to(other);
    runs = true;
    while (!stop.load(std::memory_order_relaxed)) kernels::wide_additions(6400);
  });
  while (!runs) std::this_thread::yield();
  const double together = additions_time(clock);
  stop = true;
  load.join();
  return together / alone;
}

}  // namespace

std::vector<CorePair> measure_pairs(const measure::Clock& clock,
                                    const std::vector<std::pair<int, int>>& pairs,
                                    const Progress& progress) {
  std::vector<CorePair> measured;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (!progress(i, pairs.size(), "core to core")) break;
    const auto pinned = measure::Pinned::to(pairs[i].first);
    if (!pinned) continue;
    Line line;
    std::atomic<int> state = 0;
    std::thread other([&] { answer(line, pairs[i].second, state); });
    while (state == 0) std::this_thread::yield();
    const auto times = state > 0 ? bursts(clock, line) : std::vector<double>();
    line.value = ended;
    other.join();
    if (times.empty()) continue;
    CorePair pair{.one = pairs[i].first, .other = pairs[i].second, .bursts = times.size()};
    auto sorted = times;
    std::ranges::sort(sorted);
    pair.fastest = sorted[sorted.size() / 10];
    pair.median = stats::median(times);
    pair.modes = stats::two_modes(times);
    pair.together = time_together(clock, pair.other);
    measured.push_back(pair);
  }
  return measured;
}

std::vector<std::pair<int, int>> pairs_of(const std::vector<int>& cpus, int first,
                                          std::size_t most) {
  std::vector<std::pair<int, int>> pairs;
  if (cpus.size() * (cpus.size() - 1) / 2 <= most) {
    for (std::size_t i = 0; i < cpus.size(); ++i) {
      for (std::size_t j = i + 1; j < cpus.size(); ++j) pairs.emplace_back(cpus[i], cpus[j]);
    }
    return pairs;
  }
  std::vector<int> others;
  for (const int cpu : cpus) {
    if (cpu != first) others.push_back(cpu);
  }
  const std::size_t count = std::min(most, others.size());
  for (std::size_t i = 0; i < count; ++i)
    pairs.emplace_back(first, others[i * others.size() / count]);
  return pairs;
}

}  // namespace bytepath::chase
