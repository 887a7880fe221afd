#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace bytepath {

// "4096", "64K", "64KiB", "64KB" (all 1024-based, as dd and fio take them), "1GiB", "2T".
// An error names the text and says what is accepted.
Result<std::uint64_t> parse_size(std::string_view text);

// "500us", "2ms", "1s", "1.5s", "2m" (minutes), "1h"; a plain number is seconds.
Result<std::chrono::nanoseconds> parse_duration(std::string_view text);

std::string format_size(std::uint64_t bytes);     // "4 KiB", "2113 B", "1.5 GiB"
std::string format_duration(double nanoseconds);  // "12.3 us"
std::string format_number(double value);          // 3 significant digits, no exponent in 1e-6..1e15

// A number of a document's unit in the unit that people read: 4096 "B" is 4 "KiB", 1500 "ns" is
// 1.5 "us". Units without such a ladder come back as they are.
struct Scaled {
  double number = 0;
  std::string_view unit;
};
Scaled scale_for_people(double value, std::string_view unit);

// The same as text: "4 KiB", "2113 B" (every byte up to 1 MiB, beyond it "2.42 MiB"), "1.50 us",
// "25.3x" for "ratio", "12.0 %" for "percent",
// "+5.12 %" for "percent_change" (its sign always), "83.5 GB/s", "n/a" for NaN.
std::string format_quantity(double value, std::string_view unit);

}  // namespace bytepath
