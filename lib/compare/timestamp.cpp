#include "compare/timestamp.h"

#include <fmt/format.h>

#include <algorithm>

#include "compare/entry_name.h"

namespace bytepath::compare {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes the text apart from its beginning; once something is not there, nothing is.
class Reader {
 public:
  explicit Reader(std::string_view text) : left_(text) {}

  bool takes(std::string_view any_of) {
    if (left_.empty() || any_of.find(left_.front()) == std::string_view::npos) return false;
    left_.remove_prefix(1);
    return true;
  }

  void expect(std::string_view any_of) { sound_ = takes(any_of) && sound_; }

  int number(std::size_t digits) {
    const auto text = left_.substr(0, digits);
    sound_ = sound_ && text.size() == digits && std::ranges::all_of(text, is_digit);
    if (!sound_) return 0;
    left_.remove_prefix(digits);
    int out = 0;
    for (const char c : text) out = out * 10 + (c - '0');
    return out;
  }

  void skip_digits() {
    expect("0123456789");
    while (takes("0123456789")) {
    }
  }

  bool has_read_all() const { return sound_ && left_.empty(); }

 private:
  std::string_view left_;
  bool sound_ = true;
};

// How far the clock that was read is ahead of UTC.
std::chrono::minutes read_offset(Reader& reader) {
  if (reader.takes("Zz")) return {};
  const bool behind = reader.takes("-");
  if (!behind) reader.expect("+");
  const int hours = reader.number(2);
  reader.expect(":");
  const std::chrono::minutes offset(hours * 60 + reader.number(2));
  return behind ? -offset : offset;
}

}  // namespace

std::optional<std::chrono::sys_seconds> parse_timestamp(std::string_view text) {
  Reader reader(text);
  const int year = reader.number(4);
  reader.expect("-");
  const int month = reader.number(2);
  reader.expect("-");
  const int day = reader.number(2);
  reader.expect("Tt ");
  const int hour = reader.number(2);
  reader.expect(":");
  const int minute = reader.number(2);
  reader.expect(":");
  const int second = reader.number(2);
  if (reader.takes(".")) reader.skip_digits();
  const auto offset = read_offset(reader);
  if (!reader.has_read_all() || offset > std::chrono::hours(24) || offset < -std::chrono::hours(24))
    return std::nullopt;
  // Which days and hours there are is settled in one place.
  const auto local = parse_time(
      fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", year, month, day, hour, minute, second));
  if (!local) return std::nullopt;
  return *local - offset;
}

std::optional<std::string> entry_time(std::chrono::sys_seconds time) {
  using namespace std::chrono;
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(time - day);
  const int year = static_cast<int>(date.year());
  if (year < 0 || year > 9999) return std::nullopt;
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", year, static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count());
}

}  // namespace bytepath::compare
