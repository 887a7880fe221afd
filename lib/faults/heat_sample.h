#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "result/document.h"
#include "stats/random.h"

namespace bytepath::faults {

// The figures of one window that the report gives the median of.
struct WindowFigures {
  double touched_bytes = 0;
  std::optional<double> experts_per_layer;  // the mean over the layers; nothing without experts
  double clear_ns = 0;
  double walk_ns = 0;
};

// All windows while they are few; of more than max_windows so many of them, each as likely as any
// other (Vitter, "Random sampling with a reservoir", 1985, algorithm R). Taking every n-th instead
// would see only one phase of what a program does in turns.
class HeatSample {
 public:
  static constexpr std::size_t max_windows = result::max_samples;

  void add(const WindowFigures& window);
  std::uint64_t seen() const { return seen_; }
  // In the order of time.
  std::vector<WindowFigures> windows() const;

 private:
  struct Numbered {
    std::uint64_t number = 0;
    WindowFigures figures;
  };
  std::vector<Numbered> kept_;
  std::uint64_t seen_ = 0;
  stats::Random random_{0};
};

}  // namespace bytepath::faults
