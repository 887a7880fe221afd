#include "report/axis.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/units.h"
#include "report/present.h"

namespace bytepath::report {
namespace {

constexpr std::size_t max_candidates = 4096;

// Multiples of `step` within the axis; nothing when there are more than max_count.
std::vector<double> multiples(const Axis& axis, double step, std::size_t max_count) {
  std::vector<double> out;
  const double slack = (axis.high - axis.low) * 1e-9;
  const double first = std::ceil((axis.low - slack) / step);
  for (std::size_t i = 0; i <= max_candidates; ++i) {
    const double value = (first + static_cast<double>(i)) * step;
    if (value > axis.high + slack) return out;
    if (out.size() == max_count) return {};
    out.push_back(std::abs(value) < slack ? 0 : value);
  }
  return {};
}

std::vector<double> linear_ticks(const Axis& axis, std::size_t max_count, bool binary) {
  const double rough = (axis.high - axis.low) / static_cast<double>(max_count);
  const double base = binary ? 2 : 10;
  double power = std::pow(base, std::floor(std::log(rough) / std::log(base)));
  for (int i = 0; i < 8; ++i, power *= base) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      if (binary && factor > 1) break;
      auto found = multiples(axis, power * factor, max_count);
      if (!found.empty()) return found;
    }
  }
  return {};
}

// Every power, or every n-th where there are too many; 1-2-5 between powers where there are few.
std::vector<double> log_ticks(const Axis& axis, std::size_t max_count, double base) {
  const double low = std::log(axis.low) / std::log(base);
  const double high = std::log(axis.high) / std::log(base);
  if (base == 10 && high - low < 2) {
    std::vector<double> fine;
    constexpr int most_powers = 4;  // below, between, and at the end that rounding moved
    double power = std::pow(10.0, std::floor(low));
    for (int i = 0; i < most_powers; ++i, power *= 10) {
      for (const double factor : {1.0, 2.0, 5.0}) {
        const double value = power * factor;
        if (value >= axis.low && value <= axis.high) fine.push_back(value);
      }
    }
    if (fine.size() >= 2 && fine.size() <= max_count) return fine;
  }
  for (int step = 1; step < 1024; step *= 2) {
    auto exponents = multiples({.low = low, .high = high}, step, max_count);
    if (exponents.empty()) continue;
    std::ranges::transform(exponents, exponents.begin(),
                           [&](double exponent) { return std::pow(base, exponent); });
    if (exponents.size() >= 2) return exponents;
    break;
  }
  return linear_ticks(axis, max_count, base == 2);
}

// Nearly a logarithm, but 0 at 0: log(1 + value / unit), with a decade from there to above_zero.
// long double, for the ends may be as far apart as a double goes.
double position_from_zero(const Axis& axis, double value) {
  constexpr long double decade = 10;
  const long double unit = axis.above_zero / (decade - 1);
  return static_cast<double>(std::log1p(value / unit) / std::log1p(axis.high / unit));
}

// The least of them gives way to 0 where there are too many.
std::vector<double> ticks_from_zero(const Axis& axis, std::size_t max_count, double base) {
  std::vector<double> out = {axis.high};
  if (axis.above_zero < axis.high) {
    out = log_ticks({.low = axis.above_zero, .high = axis.high, .log = true}, max_count, base);
  }
  if (out.size() == max_count) out.erase(out.begin());
  out.insert(out.begin(), 0);
  return out;
}

bool has_ladder(std::string_view unit) {
  return unit == "x" || scale_for_people(1e6, unit).unit != unit;
}

}  // namespace

double Axis::position(double value) const {
  const bool from_zero = log && above_zero > 0;
  if (!std::isfinite(value) || (log && (value < 0 || (value == 0 && !from_zero)))) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  if (from_zero) return std::clamp(position_from_zero(*this, value), 0.0, 1.0);
  const double at =
      log ? std::log(value / low) / std::log(high / low) : (value - low) / (high - low);
  return std::clamp(at, 0.0, 1.0);
}

Axis axis_over(const std::vector<double>& values, bool log, bool from_zero) {
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  bool any_positive = false;
  bool any_zero = false;
  for (const double value : values) {
    any_positive |= std::isfinite(value) && value > 0;
    any_zero |= value == 0;
  }
  log = log && any_positive;
  for (const double value : values) {
    if (!std::isfinite(value) || (log && value <= 0)) continue;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  if (low > high) return {};
  if (log && any_zero) return {.low = 0, .high = high, .log = true, .above_zero = low};
  if (!log && from_zero && low > 0) low = 0;
  if (low == high) {
    if (log) {
      low /= 2;
      high *= 2;
    } else {
      // Nothing is a beginning: counts and sizes do not go below it.
      const double margin = std::abs(low) / 2;
      high += low == 0 ? 1 : margin;
      low -= margin;
    }
  }
  return {.low = low, .high = high, .log = log};
}

std::vector<double> ticks(const Axis& axis, std::size_t max_count, std::string_view unit) {
  max_count = std::max<std::size_t>(max_count, 2);
  const bool binary = unit == "B";
  if (!axis.log) return linear_ticks(axis, max_count, binary);
  const double base = binary ? 2 : 10;
  return axis.above_zero > 0 ? ticks_from_zero(axis, max_count, base)
                             : log_ticks(axis, max_count, base);
}

std::string format_tick(double value, std::string_view unit) {
  if (!has_ladder(unit)) {
    return std::abs(value) < 1e15 && value == std::floor(value) ? fmt::format("{:.0f}", value)
                                                                : fmt::format("{:.4g}", value);
  }
  const Scaled scaled = scale_for_people(value, unit);
  if (value == 0) return "0";
  return fmt::format("{:.4g}{}{}", scaled.number, scaled.unit == "x" ? "" : " ", scaled.unit);
}

std::string axis_title(std::string_view label, std::string_view unit) {
  if (unit.empty() || has_ladder(unit)) return std::string(label);
  return fmt::format("{} [{}]", label, unit);
}

}  // namespace bytepath::report
