#pragma once
#include <regex>
#include <string>
#include <string_view>

#include "base/result.h"

namespace bytepath::benchmark {

// A metric that is read from a command's output: "stdout:REGEX".
inline constexpr std::string_view capture_prefix = "stdout:";

// Finds the number that a command prints: the first group of the expression, or all of it, in the
// first line that matches ("^" is the beginning of any line).
class NumberCapture {
 public:
  // `metric` is the whole name with the prefix. Error (usage): a wrong expression.
  static Result<NumberCapture> parse(const std::string& metric);

  // NaN where no line matches or what matches is no number. Of each line only the first 4096 bytes
  // are looked at.
  double find(const std::string& output) const;

 private:
  explicit NumberCapture(std::regex expression) : expression_(std::move(expression)) {}
  std::regex expression_;
};

}  // namespace bytepath::benchmark
