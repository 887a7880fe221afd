#include "benchmark/number_text.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

namespace bytepath::benchmark {
namespace {

// 0.digits * 10^point; the first and the last digit are not 0, or there is only "0" with point 1.
struct Shortest {
  std::string sign;
  std::string digits;
  int point = 0;
};

Shortest shortest(double value) {
  // Sign, 17 digits, point, "e-324".
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::abs(value),
                                 std::chars_format::scientific)
                       .ptr;
  const std::string_view text(buffer.data(), end);
  const std::size_t e = text.find('e');
  Shortest found{.sign = std::signbit(value) ? "-" : "", .digits = std::string(text.substr(0, e))};
  if (found.digits.size() > 1) found.digits.erase(1, 1);
  // from_chars takes no plus sign.
  const std::size_t exponent = text[e + 1] == '+' ? e + 2 : e + 1;
  std::from_chars(text.data() + exponent, end, found.point);
  ++found.point;
  return found;
}

std::string zeros(int count) { return std::string(static_cast<std::size_t>(count), '0'); }

std::string positional(const Shortest& number) {
  const int count = static_cast<int>(number.digits.size());
  if (number.point <= 0) return number.sign + "0." + zeros(-number.point) + number.digits;
  if (number.point >= count) return number.sign + number.digits + zeros(number.point - count);
  std::string digits = number.digits;
  digits.insert(static_cast<std::size_t>(number.point), 1, '.');
  return number.sign + digits;
}

std::string scientific(const Shortest& number) {
  std::string digits = number.digits;
  if (digits.size() > 1) digits.insert(1, 1, '.');
  return fmt::format("{}{}e{}", number.sign, digits, number.point - 1);
}

}  // namespace

std::string plain_number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  return positional(shortest(value));
}

std::string json_number(double value) {
  if (!std::isfinite(value)) return "null";
  const Shortest number = shortest(value);
  if (number.point <= -5 || number.point > 16) return scientific(number);
  const bool whole = number.point >= static_cast<int>(number.digits.size());
  return positional(number) + (whole ? ".0" : "");
}

}  // namespace bytepath::benchmark
