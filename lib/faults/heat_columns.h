#pragma once
#include <algorithm>
#include <cstdint>
#include <vector>

#include "faults/heat.h"
#include "faults/heat_parts.h"

namespace bytepath::faults {

// One window, or several that follow one another: sums over `windows` of them unless said.
struct HeatColumn {
  double begin_seconds = 0;  // of the first
  double seconds = 0;        // the windows themselves, without what lies between them
  std::uint64_t windows = 0;
  double touched_bytes = 0;
  double touched_bytes_min = 0;  // of a window
  double touched_bytes_max = 0;
  double fresh_bytes = 0;
  double clear_ns = 0;
  double walk_ns = 0;
  bool has_experts = false;
  std::uint64_t experts_min = 0;  // touched, of a layer in a window
  std::uint64_t experts_max = 0;
  std::vector<double> layer_bytes;  // as HeatParts::layers(); those beyond its end: none

  double mean(double sum) const { return windows == 0 ? 0 : sum / static_cast<double>(windows); }
};

HeatColumn column_of(const HeatWindow& window, const WindowParts& parts);

// The windows in at most max_columns columns: when there are more, each two neighbours become one,
// so that memory is bounded however long a process is watched.
class HeatColumns {
 public:
  static constexpr std::size_t max_columns = 512;

  void add(HeatColumn window);
  const std::vector<HeatColumn>& columns() const { return columns_; }

 private:
  std::vector<HeatColumn> columns_;
  std::uint64_t windows_each_ = 1;
};

}  // namespace bytepath::faults
