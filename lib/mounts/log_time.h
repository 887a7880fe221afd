#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

// Times of logs as nanoseconds since 1970; nothing where the text is none, or before that.
namespace bytepath::mounts {

// "2026-11-26 13:48:16.842425" and, with a "." between them, "2026.11.26 13:48:16.842425". The zone
// is not logged: taken to be UTC, since only differences count.
std::optional<std::uint64_t> parse_log_time(std::string_view text);

// "26/Nov/2026:13:48:16 +0100"
std::optional<std::uint64_t> parse_access_time(std::string_view text);

// "12.345678" seconds as nanoseconds; more than nine places are cut off. Up to a century.
std::optional<std::uint64_t> parse_seconds(std::string_view text);

}  // namespace bytepath::mounts
