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
  cells.reserve(pairs);
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
  constexpr std::size_t rounds = 32;
  // The last is outside the class: what the distance does by itself.
  constexpr std::array<unsigned, 6> offsets = {1, 8, 32, 48, 63, far_control_offset};
  // A page pair may be slow by itself, so each round takes another one, as the cells of a
  // workbench.
  const std::size_t step =
      (size + 2 * measure::page_size) / measure::page_size * measure::page_size;
  const std::size_t bytes = Workbench::pairs * step;
  BYTEPATH_TRY(source, measure::Pages::map(bytes));
  BYTEPATH_TRY(distant, measure::Pages::map(bytes, source.data() + far));
  BYTEPATH_TRY(other, measure::Pages::map(bytes));
  const auto& row = bench.kernels()[kernel];
  std::vector<measure::Cell> cells;
  for (const unsigned offset : offsets) {
    for (std::byte* destination : {distant.data(), other.data()}) {
      cells.push_back({[&row, size, step, to = destination + offset, from = source.data()](
                           std::size_t round, std::size_t times) {
        const std::size_t at = round % Workbench::pairs * step;
        return row.repeat(nullptr, to + at, from + at, size, times);
      }});
    }
  }
  auto timed = measure::run_rounds(
      bench.clock(), cells, {.rounds = rounds, .seed = limits.seed, .deadline = limits.deadline},
      limits.progress, "4 GiB distance");
  limits.interrupted = limits.interrupted || timed.interrupted;
  std::vector<FarDistance> out;
  for (std::size_t i = 0; i < offsets.size(); ++i) {
    // The two lie in different pages, so each is summed up by itself before they are compared.
    const auto at_far = stats::summarize(timed.cells[2 * i].ns);
    const auto elsewhere = stats::summarize(timed.cells[2 * i + 1].ns);
    if (at_far.count == 0 || elsewhere.count == 0 || elsewhere.low <= 0) continue;
    out.push_back({.size = size,
                   .offset = offsets[i],
                   .ratio = {.count = at_far.count,
                             .median = at_far.median / elsewhere.median,
                             .low = at_far.low / elsewhere.high,
                             .high = at_far.high / elsewhere.low}});
  }
  return out;
}

}  // namespace bytepath::copy
