#include "copy/size_window.h"

#include <algorithm>
#include <cmath>

#include "verdict/offset_classes.h"

namespace bytepath::copy {
namespace {

bool is_slow(const SizeRatio& at) { return at.ratio.median >= verdict::slow_factor; }

struct Border {
  std::uint64_t slow = 0;  // the slow size next to the border
  bool exact = false;
};

// Moves the border between a fast and a slow size together until they differ by one granule.
class Bisection {
 public:
  Bisection(const Workbench& bench, std::size_t kernel, unsigned offset, RunLimits& limits)
      : bench_(bench), kernel_(kernel), offset_(offset), limits_(limits) {}

  // Few rounds find the border soon. One disturbed step would put it wrong, so that it is then
  // looked at once more, and searched anew with more rounds if it is not there.
  Border find(const SizeRatio& fast, const SizeRatio& slow) {
    // Between the two levels by the logarithm, so that it is as far from both.
    limit_ = std::sqrt(fast.ratio.median * slow.ratio.median);
    Border border;
    for (const std::size_t rounds : {3U, 9U}) {
      Sides sides{.fast = fast.size, .slow = slow.size};
      const bool closed = close_in(sides, rounds);
      border = {.slow = sides.slow, .exact = closed && is_confirmed(sides)};
      if (border.exact || !closed) break;
    }
    return border;
  }

 private:
  struct Sides {
    std::uint64_t fast = 0;
    std::uint64_t slow = 0;
  };

  // Nothing when the time is over.
  std::optional<bool> is_slow_at(std::uint64_t size, std::size_t rounds) {
    const auto measured = ratios_by_size(bench_, kernel_, offset_, {size}, rounds, limits_);
    if (measured.empty() || measured.front().ratio.count < rounds) return std::nullopt;
    return measured.front().ratio.median >= limit_;
  }

  bool close_in(Sides& sides, std::size_t rounds) {
    const std::uint64_t granule = bench_.kernels()[kernel_].granule;
    while (std::max(sides.fast, sides.slow) - std::min(sides.fast, sides.slow) > granule) {
      const std::uint64_t middle = (sides.fast + sides.slow) / 2 / granule * granule;
      const auto is_slow = is_slow_at(middle, rounds);
      if (!is_slow) return false;
      (*is_slow ? sides.slow : sides.fast) = middle;
    }
    return true;
  }

  bool is_confirmed(const Sides& sides) {
    constexpr std::size_t rounds = 9;
    return is_slow_at(sides.slow, rounds) == true && is_slow_at(sides.fast, rounds) == false;
  }

  const Workbench& bench_;
  std::size_t kernel_;
  unsigned offset_;
  RunLimits& limits_;
  double limit_ = 0;
};

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
  Bisection bisection(bench, kernel, offset, limits);
  window.exact = true;
  if (!window.open_below) {
    const Border border = bisection.find(*std::prev(first), *first);
    window.first = border.slow;
    window.exact = border.exact;
  }
  if (!window.open_above) {
    const Border border = bisection.find(*std::next(last), *last);
    window.last = border.slow;
    window.exact = window.exact && border.exact;
  }
  return window;
}

}  // namespace bytepath::copy
