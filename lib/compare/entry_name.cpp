#include "compare/entry_name.h"

#include <algorithm>

#include "base/text.h"

namespace bytepath::compare {
namespace {

constexpr std::size_t time_size = std::string_view("20261126T031500Z").size();
constexpr std::string_view suffix = ".json";

bool stays(char letter) {
  return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') ||
         (letter >= 'A' && letter <= 'Z') ||
         std::string_view("._-+=,@").find(letter) != std::string_view::npos;
}

std::string encode(std::string_view text, bool with_dots) {
  std::string out;
  for (const char letter : text) {
    if (stays(letter) && (with_dots || letter != '.')) {
      out += letter;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(letter));
    }
  }
  return out;
}

std::optional<unsigned> digits(std::string_view text) {
  if (!std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; })) return std::nullopt;
  const auto value = parse_unsigned(text);
  if (!value || *value > 1000000000) return std::nullopt;
  return static_cast<unsigned>(*value);
}

}  // namespace

std::string encode_part(std::string_view text) { return encode(text, true); }

std::optional<std::string> decode_part(std::string_view name) {
  std::string out;
  for (std::size_t at = 0; at < name.size(); ++at) {
    if (name[at] != '%') {
      if (!stays(name[at])) return std::nullopt;
      out += name[at];
      continue;
    }
    const std::string_view code = name.substr(at + 1, 2);
    const auto value = code.size() == 2 ? parse_unsigned(code, 16) : std::nullopt;
    if (!value || *value > 0xFF) return std::nullopt;
    out += static_cast<char>(*value);
    at += 2;
  }
  if (out.empty() || out == "." || out == "..") return std::nullopt;
  return out;
}

std::string file_name(const Entry& entry, unsigned number) {
  const std::string commit = encode(entry.commit, false);
  if (number == 1) return fmt::format("{}-{}{}", entry.time, commit, suffix);
  return fmt::format("{}-{}.{}{}", entry.time, commit, number, suffix);
}

std::optional<FileName> parse_file_name(std::string_view name) {
  if (name.size() < time_size + 1 || name[time_size] != '-' || !name.ends_with(suffix))
    return std::nullopt;
  FileName out{.time = std::string(name.substr(0, time_size)), .commit = {}};
  if (!parse_time(out.time)) return std::nullopt;
  name.remove_prefix(time_size + 1);
  name.remove_suffix(std::min(name.size(), suffix.size()));
  const auto dot = name.find('.');
  if (dot != std::string_view::npos) {
    const auto number = digits(name.substr(dot + 1));
    if (!number || *number < 2) return std::nullopt;
    out.number = *number;
  }
  const auto commit = decode_part(name.substr(0, dot));
  if (!commit) return std::nullopt;
  out.commit = *commit;
  return out;
}

std::optional<std::chrono::sys_seconds> parse_time(std::string_view time) {
  using namespace std::chrono;
  if (time.size() != time_size || time[8] != 'T' || time[15] != 'Z') return std::nullopt;
  const auto date = digits(time.substr(0, 8));
  const auto clock = digits(time.substr(9, 6));
  if (!date || !clock) return std::nullopt;
  const year_month_day day{year(static_cast<int>(*date / 10000)), month(*date / 100 % 100),
                           std::chrono::day(*date % 100)};
  const unsigned hour = *clock / 10000;
  const unsigned minute = *clock / 100 % 100;
  const unsigned second = *clock % 100;
  if (!day.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  return sys_days(day) + hours(hour) + minutes(minute) + seconds(second);
}

}  // namespace bytepath::compare
