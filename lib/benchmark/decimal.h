#pragma once
#include <compare>
#include <string>
#include <string_view>

#include "base/result.h"

namespace bytepath::benchmark {

// A decimal number that keeps the digits it was written with: "0.10" is not 0.1 on paper, and
// 0.1 + 0.2 is exactly 0.3. At most 18 digits before and 18 after the point, so that two of them
// compare and add in 128 bits without a check.
class Decimal {
 public:
  // An optional sign, digits with one point at most, '_' after a digit. The errors (failed) are the
  // bare reasons that hyperfine gives, such as "Invalid decimal: unknown character".
  static Result<Decimal> parse(std::string_view text);

  std::string text() const;
  bool is_zero() const { return units_ == 0; }
  bool is_negative() const { return units_ < 0; }

  // As many digits after the point as the longer operand; 0 + x is x as it was written.
  Decimal operator+(const Decimal& other) const;
  std::strong_ordering operator<=>(const Decimal& other) const;
  bool operator==(const Decimal& other) const { return (*this <=> other) == 0; }

  // How often step, above 0, fits between this and last, which is not below this.
  __int128_t steps_to(const Decimal& last, const Decimal& step) const;

 private:
  Decimal(__int128_t units, int scale) : units_(units), scale_(scale) {}
  __int128_t at_scale(int scale) const;  // not below scale_

  __int128_t units_;  // times 10^-scale_
  int scale_;
};

}  // namespace bytepath::benchmark
