#include "copy/special_places.h"

#include <array>

namespace bytepath::copy {
namespace {

// Below this factor a pair is one of the ordinary ones.
constexpr double slow_pair_factor = 2;

}  // namespace

std::optional<PairTail> measure_pair_tail(const Workbench& bench, std::size_t kernel,
                                          std::uint64_t size, unsigned offset, RunLimits& limits) {
  constexpr std::size_t rounds = 3;
  constexpr std::size_t pairs = Workbench::pairs * Workbench::pairs;
  std::vector<CopyCell> cells;
  for (std::size_t pair = 0; pair < pairs; ++pair) {
    cells.push_back(
        {.kernel = kernel, .size = size, .offset = offset, .pair = static_cast<int>(pair)});
  }
  const auto samples = bench.time(cells, rounds, limits, "page pairs");
  std::vector<double> times;
  for (const auto& cell : samples) {
    // The least of three: a slow pair is slow each time, an interrupt comes once.
    if (!cell.ns.empty()) times.push_back(stats::summarize(cell.ns).min);
  }
  const double typical = stats::median(times);
  if (times.size() < pairs || typical <= 0) return std::nullopt;
  PairTail tail{.size = size, .offset = offset, .pairs = times.size()};
  std::vector<double> slow;
  for (const double time : times) {
    tail.ratios.push_back(time / typical);
    if (tail.ratios.back() >= slow_pair_factor) slow.push_back(tail.ratios.back());
  }
  tail.slow_pairs = slow.size();
  tail.factor = stats::median(slow);
  return tail;
}

Result<std::vector<FarDistance>> measure_far_distance(const Workbench& bench, std::size_t kernel,
                                                      std::uint64_t size, RunLimits& limits) {
  constexpr std::uint64_t far = 4ULL << 30;
  constexpr std::size_t rounds = 16;
  constexpr std::array<unsigned, 5> offsets = {1, 8, 32, 48, 63};
  const std::size_t bytes = size + 2 * measure::page_size;
  BYTEPATH_TRY(source, measure::Pages::map(bytes));
  BYTEPATH_TRY(distant, measure::Pages::map(bytes, source.data() + far));
  BYTEPATH_TRY(other, measure::Pages::map(bytes));
  const auto& row = bench.kernels()[kernel];
  std::vector<measure::Cell> cells;
  for (const unsigned offset : offsets) {
    for (std::byte* destination : {distant.data(), other.data()}) {
      cells.push_back({[&row, size, to = destination + offset, from = source.data()](
                           std::size_t, std::size_t times) {
        return row.repeat(nullptr, to, from, size, times);
      }});
    }
  }
  auto timed = measure::run_rounds(
      bench.clock(), cells, {.rounds = rounds, .seed = limits.seed, .deadline = limits.deadline},
      limits.progress, "4 GiB distance");
  limits.interrupted = limits.interrupted || timed.interrupted;
  std::vector<FarDistance> out;
  for (std::size_t i = 0; i < offsets.size(); ++i) {
    const auto ratio = stats::paired_ratio(timed.cells[2 * i].ns, timed.cells[2 * i + 1].ns);
    if (ratio.count > 0) out.push_back({.size = size, .offset = offsets[i], .ratio = ratio});
  }
  return out;
}

}  // namespace bytepath::copy
