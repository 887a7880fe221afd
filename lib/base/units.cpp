#include "base/units.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/text.h"

namespace bytepath {
namespace {

constexpr std::string_view percent_change = "percent_change";

struct Quantity {
  double number = 0;
  std::string_view unit;
};

// A non-negative decimal number and whatever follows it.
Result<Quantity> parse_quantity(std::string_view text, std::string_view accepted) {
  const auto refuse = [&](std::string_view why) {
    return fail(ErrorKind::usage, fmt::format("'{}' {}", text, why),
                fmt::format("give {}", accepted));
  };
  const std::string_view body = trim(text);
  Quantity quantity;
  const char* begin = body.data();  // with its end: not read as a terminated string
  const char* end = begin + body.size();
  const auto [rest, error] = std::from_chars(begin, end, quantity.number, std::chars_format::fixed);
  if (error == std::errc::result_out_of_range) return refuse("is out of range");
  if (error != std::errc{} || !std::isfinite(quantity.number)) return refuse("is not a number");
  if (std::signbit(quantity.number)) return refuse("is negative");
  quantity.unit = trim(std::string_view(rest, static_cast<std::size_t>(end - rest)));
  return quantity;
}

}  // namespace

Result<std::uint64_t> parse_size(std::string_view text) {
  constexpr std::string_view accepted = "a size such as 4096, 64K, 512KiB or 1GiB";
  BYTEPATH_TRY(quantity, parse_quantity(text, accepted));
  std::string_view unit = quantity.unit;
  double factor = 1;
  if (!unit.empty() && unit != "B" && unit != "b") {
    constexpr std::string_view powers = "kmgtp";
    const auto power = powers.find(static_cast<char>(unit[0] | 0x20));
    const std::string_view rest = unit.substr(1);
    if (power == std::string_view::npos || (!rest.empty() && rest != "B" && rest != "iB" &&
                                            rest != "b" && rest != "ib" && rest != "i")) {
      return fail(ErrorKind::usage, fmt::format("'{}' has an unknown unit '{}'", text, unit),
                  fmt::format("give {}", accepted));
    }
    factor = std::pow(1024.0, static_cast<double>(power + 1));
  }
  const double bytes = quantity.number * factor;
  if (bytes >= std::ldexp(1.0, 63)) {
    return fail(ErrorKind::usage, fmt::format("'{}' is out of range", text),
                fmt::format("give {}", accepted));
  }
  return static_cast<std::uint64_t>(std::llround(bytes));
}

Result<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  struct Unit {
    std::string_view name;
    double nanoseconds;
  };
  constexpr std::array units = {Unit{"ns", 1}, Unit{"us", 1e3}, Unit{"ms", 1e6},  Unit{"s", 1e9},
                                Unit{"", 1e9}, Unit{"m", 60e9}, Unit{"h", 3600e9}};
  constexpr std::string_view accepted = "a time such as 500us, 2ms or 1s";
  BYTEPATH_TRY(quantity, parse_quantity(text, accepted));
  for (const auto& unit : units) {
    if (quantity.unit != unit.name) continue;
    const double value = quantity.number * unit.nanoseconds;
    if (value >= 9e18) break;
    return std::chrono::nanoseconds(std::llround(value));
  }
  return fail(ErrorKind::usage, fmt::format("'{}' is not a time", text),
              fmt::format("give {}", accepted));
}

std::string format_number(double value) {
  if (std::isnan(value)) return "n/a";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  const double magnitude = std::abs(value);
  if (magnitude == 0) return "0";
  if (magnitude >= 1e15 || magnitude < 1e-6) return fmt::format("{:.3g}", value);
  // Three digits: 0.0123, 1.23, 12.3, 123, 1234.
  const int digits = 2 - static_cast<int>(std::floor(std::log10(magnitude)));
  return fmt::format("{:.{}f}", value, std::max(0, digits));
}

std::string format_size(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 6> units = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  std::size_t unit = 0;
  auto value = static_cast<double>(bytes);
  while (value >= 1024 && unit + 1 < units.size()) {
    value /= 1024;
    ++unit;
  }
  // It may be an edge that somebody bisected: every byte is kept, in the largest unit that can.
  while (unit > 0 && value != std::floor(value * 4) / 4) {
    value *= 1024;
    --unit;
  }
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{} {}", value, units[unit]);
}

std::string format_duration(double nanoseconds) {
  constexpr std::array<std::string_view, 4> units = {"ns", "us", "ms", "s"};
  std::size_t unit = 0;
  while (std::abs(nanoseconds) >= 1000 && unit + 1 < units.size()) {
    nanoseconds /= 1000;
    ++unit;
  }
  return fmt::format("{} {}", format_number(nanoseconds), units[unit]);
}

Scaled scale_for_people(double value, std::string_view unit) {
  struct Ladder {
    double step;
    std::array<std::string_view, 6> units;
  };
  constexpr std::array ladders = {
      Ladder{1024, {"B", "KiB", "MiB", "GiB", "TiB", "PiB"}},
      Ladder{1000, {"ns", "us", "ms", "s", "", ""}},
      Ladder{1000, {"B/s", "kB/s", "MB/s", "GB/s", "TB/s", "PB/s"}},
      Ladder{1000, {"Hz", "kHz", "MHz", "GHz", "THz", ""}},
  };
  if (unit == "ratio" || unit == "x") return {.number = value, .unit = "x"};
  if (unit == "percent" || unit == "%" || unit == percent_change)
    return {.number = value, .unit = "%"};
  for (const auto& ladder : ladders) {
    if (unit != ladder.units[0] || !std::isfinite(value)) continue;
    std::size_t rung = 0;
    while (rung + 1 < ladder.units.size() && !ladder.units[rung + 1].empty() &&
           std::abs(value) >= ladder.step) {
      value /= ladder.step;
      ++rung;
    }
    return {.number = value, .unit = ladder.units[rung]};
  }
  return {.number = value, .unit = unit};
}

std::string format_quantity(double value, std::string_view unit) {
  if (std::isnan(value)) return "n/a";
  // What rounds to nothing has not gone down: no "-0.00 %".
  if (unit == percent_change)
    return fmt::format("{:+.2f} %", std::abs(value) < 0.005 ? 0.0 : value);
  const bool whole = value >= 0 && value < std::ldexp(1.0, 63) && value == std::floor(value);
  const Scaled scaled = scale_for_people(value, unit);
  // An edge that somebody bisected keeps its every byte; the size of a large file is read, not
  // used.
  constexpr double large = 1 << 20;
  const bool quarters = scaled.number * 4 == std::floor(scaled.number * 4);
  if (unit == "B" && whole && (value < large || quarters)) {
    return format_size(static_cast<std::uint64_t>(value));
  }
  const std::string number =
      whole && unit.empty() ? fmt::format("{:.0f}", value) : format_number(scaled.number);
  if (scaled.unit == "x") return number + "x";
  return scaled.unit.empty() ? number : fmt::format("{} {}", number, scaled.unit);
}

}  // namespace bytepath
