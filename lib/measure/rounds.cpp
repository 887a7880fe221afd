#include "measure/rounds.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

namespace bytepath::measure {
namespace {

struct Timed {
  double ns = 0;  // of the whole batch
  int error = 0;
};

Timed time_batch(const Clock& clock, const Cell& cell, std::size_t round, std::size_t times) {
  if (const int error = cell.run(round, 1); error != 0) return {.error = error};
  const std::uint64_t from = clock.now();
  const int error = cell.run(round, times);
  const std::uint64_t to = clock.now();
  return {.ns = std::max(0.0, clock.nanoseconds(from, to) - clock.overhead_ns()), .error = error};
}

// A short batch is mostly the clock, so the estimate is corrected until the batch is long enough.
std::size_t repetitions(const Clock& clock, const Cell& cell, const RoundPlan& plan, int& error) {
  std::size_t times = 1;
  for (int attempt = 0; attempt < 6; ++attempt) {
    const Timed timed = time_batch(clock, cell, 0, times);
    error = timed.error;
    if (error != 0 || timed.ns >= plan.batch_ns || times >= plan.max_times) break;
    const double each = std::max(timed.ns, 1.0) / static_cast<double>(times);
    const auto wanted = static_cast<std::size_t>(std::ceil(1.2 * plan.batch_ns / each));
    times = std::clamp(wanted, times + 1, plan.max_times);
  }
  return times;
}

}  // namespace

RoundsResult run_rounds(const Clock& clock, const std::vector<Cell>& cells, const RoundPlan& plan,
                        const Progress& progress, std::string_view what) {
  RoundsResult result;
  result.cells.resize(cells.size());
  std::vector<std::size_t> times(cells.size());
  const std::size_t steps = plan.rounds + 1;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i % 64 == 0 && !progress(0, steps, what)) {
      result.interrupted = true;
      return result;
    }
    times[i] = repetitions(clock, cells[i], plan, result.cells[i].error);
    result.cells[i].ns.reserve(plan.rounds);
  }
  std::vector<std::size_t> order(cells.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::mt19937_64 random(plan.seed);
  for (std::size_t round = 0; round < plan.rounds; ++round) {
    if (!progress(round + 1, steps, what)) {
      result.interrupted = true;
      break;
    }
    if (std::chrono::steady_clock::now() >= plan.deadline) break;
    std::ranges::shuffle(order, random);
    for (const std::size_t i : order) {
      if (result.cells[i].error != 0) continue;
      const Timed timed = time_batch(clock, cells[i], round, times[i]);
      result.cells[i].error = timed.error;
      if (timed.error == 0) result.cells[i].ns.push_back(timed.ns / static_cast<double>(times[i]));
    }
  }
  return result;
}

}  // namespace bytepath::measure
