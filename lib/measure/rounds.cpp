#include "measure/rounds.h"

#include <algorithm>
#include <cmath>
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

// A round of large copies takes seconds: whether to go on is asked within it, but not so often that
// asking costs time.
class Watch {
 public:
  using Clock = std::chrono::steady_clock;

  Watch(Clock::time_point deadline, const Progress& progress, std::size_t steps,
        std::string_view what)
      : deadline_(deadline), progress_(progress), steps_(steps), what_(what) {}

  // At a new step progress is told in any case.
  bool goes_on(std::size_t step) {
    constexpr auto period = std::chrono::milliseconds(20);
    const auto now = Clock::now();
    if (now >= deadline_) return false;
    if (step == step_ && now - asked_ < period) return true;
    step_ = step;
    asked_ = now;
    interrupted_ = !progress_(step, steps_, what_);
    return !interrupted_;
  }

  bool interrupted() const { return interrupted_; }

 private:
  Clock::time_point deadline_;
  const Progress& progress_;
  std::size_t steps_;
  std::string_view what_;
  std::size_t step_ = SIZE_MAX;
  Clock::time_point asked_;
  bool interrupted_ = false;
};

}  // namespace

RoundsResult run_rounds(const Clock& clock, const std::vector<Cell>& cells, const RoundPlan& plan,
                        const Progress& progress, std::string_view what) {
  RoundsResult result;
  result.cells.resize(cells.size());
  std::vector<std::size_t> times(cells.size());
  Watch watch(plan.deadline, progress, plan.rounds + 1, what);
  bool goes_on = true;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    goes_on = watch.goes_on(0);
    if (!goes_on) break;
    times[i] = repetitions(clock, cells[i], plan, result.cells[i].error);
    result.cells[i].ns.reserve(plan.rounds);
  }
  std::vector<std::size_t> order(cells.size());
  std::ranges::generate(order, [next = std::size_t{0}]() mutable { return next++; });
  std::mt19937_64 random(plan.seed);
  for (std::size_t round = 0; round < plan.rounds && goes_on; ++round) {
    std::ranges::shuffle(order, random);
    for (const std::size_t i : order) {
      goes_on = watch.goes_on(round + 1);
      if (!goes_on) {
        // A first round with holes would pass for a sweep of other cells.
        if (round == 0) std::ranges::for_each(result.cells, [](auto& cell) { cell.ns.clear(); });
        break;
      }
      if (result.cells[i].error != 0) continue;
      const Timed timed = time_batch(clock, cells[i], round, times[i]);
      result.cells[i].error = timed.error;
      if (timed.error == 0) result.cells[i].ns.push_back(timed.ns / static_cast<double>(times[i]));
    }
  }
  result.interrupted = watch.interrupted();
  return result;
}

}  // namespace bytepath::measure
