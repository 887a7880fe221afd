#include "copy/size_window.h"

#include <algorithm>
#include <cmath>

#include "verdict/offset_classes.h"

namespace bytepath::copy {
namespace {

bool is_slow(const SizeRatio& at) { return at.ratio.median >= verdict::slow_factor; }

// Moves the border between a fast and a slow size together until they differ by one granule.
// Returns the slow side; clears `exact` when the time was over before.
std::uint64_t bisect(const Workbench& bench, std::size_t kernel, unsigned offset, SizeRatio fast,
                     SizeRatio slow, RunLimits& limits, bool& exact) {
  constexpr std::size_t rounds = 7;
  const std::uint64_t granule = bench.kernels()[kernel].granule;
  // Between the two levels by the logarithm, so that it is as far from both.
  const double border = std::sqrt(fast.ratio.median * slow.ratio.median);
  const auto apart = [&] {
    return fast.size > slow.size ? fast.size - slow.size : slow.size - fast.size;
  };
  while (apart() > granule && !limits.over()) {
    const std::uint64_t middle = (fast.size + slow.size) / 2 / granule * granule;
    const auto measured = ratios_by_size(bench, kernel, offset, {middle}, rounds, limits);
    if (measured.empty()) break;
    (measured.front().ratio.median >= border ? slow : fast).size = middle;
  }
  exact = exact && apart() <= granule;
  return slow.size;
}

}  // namespace

std::vector<SizeRatio> ratios_by_size(const Workbench& bench, std::size_t kernel, unsigned offset,
                                      const std::vector<std::uint64_t>& sizes, std::size_t rounds,
                                      RunLimits& limits) {
  std::vector<CopyCell> cells;
  std::vector<std::uint64_t> fitting;
  for (const auto size : sizes) {
    if (!bench.fits(kernel, size)) continue;
    fitting.push_back(size);
    cells.push_back({.kernel = kernel, .size = size, .offset = offset});
    cells.push_back({.kernel = kernel, .size = size, .offset = reference_offset});
  }
  const auto samples = bench.time(cells, rounds, limits, bench.kernels()[kernel].name + " by size");
  std::vector<SizeRatio> out;
  for (std::size_t i = 0; i < fitting.size(); ++i) {
    const auto& slow = samples[2 * i].ns;
    const auto& fast = samples[2 * i + 1].ns;
    SizeRatio at{.size = fitting[i], .ratio = stats::paired_ratio(slow, fast)};
    if (at.ratio.count == 0) continue;
    for (std::size_t r = 0; r < std::min(slow.size(), fast.size()); ++r) {
      if (fast[r] > 0) at.samples.push_back(slow[r] / fast[r]);
    }
    out.push_back(std::move(at));
  }
  return out;
}

void add_samples(std::vector<SizeRatio>& ratios, const std::vector<SizeRatio>& more) {
  for (auto& at : ratios) {
    const auto found = std::ranges::find(more, at.size, &SizeRatio::size);
    if (found == more.end()) continue;
    at.samples.insert(at.samples.end(), found->samples.begin(), found->samples.end());
    at.ratio = stats::summarize(at.samples);
  }
}

std::optional<SizeWindow> slow_window(const std::vector<SizeRatio>& ratios) {
  const auto worst =
      std::ranges::max_element(ratios, {}, [](const SizeRatio& at) { return at.ratio.median; });
  if (worst == ratios.end() || !is_slow(*worst)) return std::nullopt;
  auto first = worst;
  while (first != ratios.begin() && is_slow(*std::prev(first))) --first;
  auto last = worst;
  while (std::next(last) != ratios.end() && is_slow(*std::next(last))) ++last;
  return SizeWindow{.first = first->size,
                    .last = last->size,
                    .open_below = first == ratios.begin(),
                    .open_above = std::next(last) == ratios.end()};
}

SizeWindow refine_window(const Workbench& bench, std::size_t kernel, unsigned offset,
                         const std::vector<SizeRatio>& ratios, SizeWindow window,
                         RunLimits& limits) {
  const auto at = [&](std::uint64_t size) {
    return std::ranges::find(ratios, size, &SizeRatio::size);
  };
  const auto first = at(window.first);
  const auto last = at(window.last);
  window.exact = true;
  if (!window.open_below) {
    window.first = bisect(bench, kernel, offset, *std::prev(first), *first, limits, window.exact);
  }
  if (!window.open_above) {
    window.last = bisect(bench, kernel, offset, *std::next(last), *last, limits, window.exact);
  }
  return window;
}

}  // namespace bytepath::copy
