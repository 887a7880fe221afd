#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace bytepath::compare {

// The second of an RFC 3339 date and time, in UTC: "2026-11-26T03:15:00Z",
// "2026-11-26T03:15:00.25+01:00"; a space may stand for the T. Nothing for any other form, for a
// day or hour that does not exist, and for a time that does not say how far it is from UTC.
std::optional<std::chrono::sys_seconds> parse_timestamp(std::string_view text);

// "20261126T031500Z", as Entry::time; nothing for years that four digits cannot write.
std::optional<std::string> entry_time(std::chrono::sys_seconds time);

}  // namespace bytepath::compare
