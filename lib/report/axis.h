#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bytepath::report {

// One axis of a chart, or the colours of a heat map: where a value lies between the ends.
struct Axis {
  double low = 0;
  double high = 1;
  bool log = false;
  // Of a logarithmic axis that begins at 0: the smallest value above it, a decade away from it.
  double above_zero = 0;

  // 0 at the low end, 1 at the high end, clamped. NaN stays NaN, as does what a logarithm has not.
  double position(double value) const;
};

// The span of the finite values (when log, of those that are not negative). A linear axis of values
// that are not negative begins at 0 when `from_zero`; an empty or single-valued span is widened.
// False as `log` when no value is above 0.
Axis axis_over(const std::vector<double>& values, bool log, bool from_zero);

// Round values within the axis, at most max_count: powers and 1-2-5 steps, of two for "B".
std::vector<double> ticks(const Axis& axis, std::size_t max_count, std::string_view unit);

// "512 B", "1.5 us", "20": short, with the unit only where it is scaled.
std::string format_tick(double value, std::string_view unit);

// "size [B]"; without the unit where the ticks show it.
std::string axis_title(std::string_view label, std::string_view unit);

}  // namespace bytepath::report
