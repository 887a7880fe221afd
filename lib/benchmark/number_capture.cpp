#include "benchmark/number_capture.h"

#include <charconv>
#include <limits>

#include "base/text.h"

namespace bytepath::benchmark {

Result<NumberCapture> NumberCapture::parse(const std::string& metric) {
  // The matcher that takes a time in proportion to the text, and no stack: libstdc++'s usual one
  // tries every way to divide a line, which for "(a+)+b" never ends.
  constexpr auto kind = std::regex::ECMAScript | std::regex_constants::__polynomial;
  try {
    return NumberCapture(std::regex(metric.substr(capture_prefix.size()), kind));
  } catch (const std::regex_error& e) {
    return fail(ErrorKind::usage,
                fmt::format("--metric: wrong regular expression in '{}': {}", metric, e.what()),
                "give stdout:REGEX, its first group the number: 'stdout:([0-9.]+) MB/s'");
  }
}

double NumberCapture::find(const std::string& output) const {
  constexpr std::size_t longest_line = 4096;
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  for (const auto whole : split(output, '\n')) {
    const auto line = whole.substr(0, longest_line);
    std::cmatch match;
    if (!std::regex_search(line.data(), line.data() + line.size(), match, expression_)) continue;
    const std::string found = match.size() > 1 ? match[1].str() : match[0].str();
    double value = nan;
    const auto read = std::from_chars(found.data(), found.data() + found.size(), value);
    return read.ec == std::errc{} ? value : nan;
  }
  return nan;
}

}  // namespace bytepath::benchmark
