#include "benchmark/decimal.h"

#include <fmt/format.h>

#include <algorithm>

namespace bytepath::benchmark {
namespace {

constexpr int max_digits = 18;
constexpr __int128_t limit = 1'000'000'000'000'000'000;  // 10^max_digits

// The number without its sign, as it is read.
struct Digits {
  __int128_t units = 0;
  int scale = 0;
  bool any = false;
  bool point = false;
};

// Why the character cannot follow, or empty.
std::string_view append(Digits& digits, char character) {
  if (character >= '0' && character <= '9') {
    digits.units = digits.units * 10 + (character - '0');
    digits.any = true;
    if (digits.point) ++digits.scale;
    const bool whole_too_long = !digits.point && digits.units >= limit;
    if (whole_too_long || digits.scale > max_digits)
      return "Invalid decimal: overflow from too many digits";
    return {};
  }
  if (character == '.') {
    if (digits.point) return "Invalid decimal: two decimal points";
    digits.point = true;
    return {};
  }
  if (character != '_') return "Invalid decimal: unknown character";
  return digits.any ? "" : "Invalid decimal: must start lead with a number";
}

}  // namespace

Result<Decimal> Decimal::parse(std::string_view text) {
  if (text.empty()) return fail(ErrorKind::failed, "Invalid decimal: empty");
  const bool negative = text.front() == '-';
  if (negative || text.front() == '+') text.remove_prefix(1);
  Digits digits;
  for (const char character : text) {
    const std::string_view reason = append(digits, character);
    if (!reason.empty()) return fail(ErrorKind::failed, std::string(reason));
  }
  if (!digits.any) return fail(ErrorKind::failed, "Invalid decimal: no digits found");
  return Decimal(negative ? -digits.units : digits.units, digits.scale);
}

__int128_t Decimal::at_scale(int scale) const {
  __int128_t units = units_;
  for (int i = scale_; i < scale; ++i) units *= 10;
  return units;
}

std::string Decimal::text() const {
  const auto scale = static_cast<std::size_t>(scale_);
  // One digit at least before the point.
  std::string digits = fmt::format("{:0>{}}", is_negative() ? -units_ : units_, scale + 1);
  if (scale > 0) digits.insert(digits.size() - scale, 1, '.');
  return is_negative() ? "-" + digits : digits;
}

Decimal Decimal::operator+(const Decimal& other) const {
  if (is_zero()) return other;
  if (other.is_zero()) return *this;
  const int scale = std::max(scale_, other.scale_);
  return {at_scale(scale) + other.at_scale(scale), scale};
}

std::strong_ordering Decimal::operator<=>(const Decimal& other) const {
  const int scale = std::max(scale_, other.scale_);
  return at_scale(scale) <=> other.at_scale(scale);
}

__int128_t Decimal::steps_to(const Decimal& last, const Decimal& step) const {
  const int scale = std::max({scale_, last.scale_, step.scale_});
  return (last.at_scale(scale) - at_scale(scale)) / step.at_scale(scale);
}

}  // namespace bytepath::benchmark
