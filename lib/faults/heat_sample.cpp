#include "faults/heat_sample.h"

#include <algorithm>

namespace bytepath::faults {

void HeatSample::add(const WindowFigures& window) {
  const Numbered numbered{.number = seen_++, .figures = window};
  if (kept_.size() < max_windows) {
    kept_.push_back(numbered);
    return;
  }
  const std::uint64_t place = random_.below(seen_);
  if (place < max_windows) kept_[place] = numbered;
}

std::vector<WindowFigures> HeatSample::windows() const {
  auto sorted = kept_;
  std::ranges::sort(sorted, {}, &Numbered::number);
  std::vector<WindowFigures> windows;
  windows.reserve(sorted.size());
  for (const auto& each : sorted) windows.push_back(each.figures);
  return windows;
}

}  // namespace bytepath::faults
