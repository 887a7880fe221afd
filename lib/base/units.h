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
std::string format_number(double value);          // 3 significant digits, no exponent below 1e15

}  // namespace bytepath
