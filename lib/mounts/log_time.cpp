#include "mounts/log_time.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "base/text.h"

namespace bytepath::mounts {
namespace {

constexpr std::uint64_t second_ns = 1'000'000'000;
constexpr std::uint64_t nanosecond_digits = 9;

struct Clock {
  std::uint64_t hours;
  std::uint64_t minutes;
  std::uint64_t seconds;
};

std::optional<std::uint64_t> nanoseconds(std::chrono::year_month_day date, Clock clock,
                                         std::int64_t zone_seconds) {
  constexpr std::uint64_t leap_second = 60;
  if (!date.ok() || clock.hours > 23 || clock.minutes > 59 || clock.seconds > leap_second)
    return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  const auto in_day =
      static_cast<std::int64_t>((clock.hours * 60 + clock.minutes) * 60 + clock.seconds);
  const std::int64_t seconds = days * 86400 + in_day - zone_seconds;
  if (seconds < 0) return std::nullopt;
  return static_cast<std::uint64_t>(seconds) * second_ns;
}

std::optional<std::chrono::year_month_day> date_of(std::uint64_t year, std::uint64_t month,
                                                   std::uint64_t day) {
  // Up to where nanoseconds since 1970 still fit.
  if (year < 1970 || year > 2200 || month > 12 || day > 31) return std::nullopt;
  return std::chrono::year(static_cast<int>(year)) /
         std::chrono::month(static_cast<unsigned>(month)) /
         std::chrono::day(static_cast<unsigned>(day));
}

std::optional<Clock> clock_of(std::string_view text) {
  const auto parts = split(text, ':');
  if (parts.size() != 3) return std::nullopt;
  const auto hours = parse_unsigned(parts[0]);
  const auto minutes = parse_unsigned(parts[1]);
  const auto seconds = parse_unsigned(parts[2]);
  if (!hours || !minutes || !seconds) return std::nullopt;
  return Clock{.hours = *hours, .minutes = *minutes, .seconds = *seconds};
}

// "+0100" is 3600.
std::optional<std::int64_t> zone_of(std::string_view text) {
  if (text.size() != 5 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const auto number = parse_unsigned(text.substr(1));
  if (!number) return std::nullopt;
  const auto seconds = static_cast<std::int64_t>((*number / 100 * 60 + *number % 100) * 60);
  return text[0] == '-' ? -seconds : seconds;
}

std::optional<std::uint64_t> month_of(std::string_view name) {
  static constexpr std::array<std::string_view, 12> months = {
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto* found = std::ranges::find(months, name);
  if (found == months.end()) return std::nullopt;
  return static_cast<std::uint64_t>(found - months.begin()) + 1;
}

std::optional<std::uint64_t> fraction_ns(std::string_view digits) {
  const std::string_view known = digits.substr(0, nanosecond_digits);
  if (digits.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  const auto number = parse_unsigned(known);
  if (!number) return std::nullopt;
  std::uint64_t value = *number;
  for (std::size_t i = known.size(); i < nanosecond_digits; ++i) value *= 10;
  return value;
}

}  // namespace

std::optional<std::uint64_t> parse_log_time(std::string_view text) {
  const auto parts = words(text);
  if (parts.size() != 2 || parts[0].size() != 10) return std::nullopt;
  const char separator = parts[0][4];
  if (separator != '-' && separator != '.') return std::nullopt;
  const auto date = split(parts[0], separator);
  if (date.size() != 3) return std::nullopt;
  const auto year = parse_unsigned(date[0]);
  const auto month = parse_unsigned(date[1]);
  const auto day = parse_unsigned(date[2]);
  if (!year || !month || !day) return std::nullopt;
  const auto point = parts[1].find('.');
  const auto clock = clock_of(parts[1].substr(0, point));
  const auto of_date = date_of(*year, *month, *day);
  if (!clock || !of_date) return std::nullopt;
  const auto whole = nanoseconds(*of_date, *clock, 0);
  if (!whole || point == std::string_view::npos) return whole;
  const auto fraction = fraction_ns(parts[1].substr(point + 1));
  if (!fraction) return std::nullopt;
  return *whole + *fraction;
}

std::optional<std::uint64_t> parse_access_time(std::string_view text) {
  const auto colon = text.find(':');
  const auto space = text.find(' ');
  if (colon == std::string_view::npos || space == std::string_view::npos || space < colon)
    return std::nullopt;
  const auto date = split(text.substr(0, colon), '/');
  if (date.size() != 3) return std::nullopt;
  const auto day = parse_unsigned(date[0]);
  const auto month = month_of(date[1]);
  const auto year = parse_unsigned(date[2]);
  const auto clock = clock_of(text.substr(colon + 1, space - colon - 1));
  const auto zone = zone_of(text.substr(space + 1));
  if (!day || !month || !year || !clock || !zone) return std::nullopt;
  const auto of_date = date_of(*year, *month, *day);
  if (!of_date) return std::nullopt;
  return nanoseconds(*of_date, *clock, *zone);
}

std::optional<std::uint64_t> parse_seconds(std::string_view text) {
  constexpr std::uint64_t century_seconds = std::uint64_t{100} * 366 * 86400;
  const auto point = text.find('.');
  const auto whole = parse_unsigned(text.substr(0, point));
  if (!whole || *whole > century_seconds) return std::nullopt;
  if (point == std::string_view::npos) return *whole * second_ns;
  const auto fraction = fraction_ns(text.substr(point + 1));
  if (!fraction) return std::nullopt;
  return *whole * second_ns + *fraction;
}

}  // namespace bytepath::mounts
