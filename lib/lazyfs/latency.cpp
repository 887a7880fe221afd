#include "lazyfs/latency.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.h"
#include "base/units.h"
#include "stats/normal.h"

namespace bytepath::lazyfs {
namespace {

constexpr std::string_view accepted = "constant:2ms, or lognormal:550us:0.617 (median and sigma)";

std::unexpected<Error> refuse(std::string_view text, std::string_view why) {
  return fail(ErrorKind::usage, fmt::format("'{}' {}", text, why),
              fmt::format("give {}", accepted));
}

}  // namespace

Result<Latency> Latency::parse(std::string_view text) {
  const auto parts = split(text, ':');
  const std::string_view kind = parts.empty() ? "" : parts[0];
  if (kind != "constant" && kind != "lognormal") return refuse(text, "is no latency");
  const bool constant = kind == "constant";
  if (parts.size() != (constant ? 2U : 3U)) {
    return refuse(text, constant ? "does not have one time" : "does not have a median and a sigma");
  }
  BYTEPATH_TRY(median, parse_duration(parts[1]));
  if (median > std::chrono::hours(1)) return refuse(text, "is longer than an hour");
  if (constant) return Latency(median, 0);
  double sigma = 0;
  const char* begin = parts[2].data();  // with its end: not read as a terminated string
  const char* end = begin + parts[2].size();
  const auto [rest, error] = std::from_chars(begin, end, sigma);
  const bool in_range = sigma >= 0 && sigma <= 5;  // not for NaN
  if (error != std::errc{} || rest != end || !in_range) {
    return refuse(text, "has a sigma that is not from 0 to 5");
  }
  return Latency(median, sigma);
}

std::chrono::nanoseconds Latency::draw(stats::Random& random) const {
  if (sigma_ == 0) return median_;
  // No draw of the tail may stop a mount for a day.
  constexpr std::chrono::nanoseconds most = std::chrono::hours(1);
  const double drawn =
      static_cast<double>(median_.count()) * std::exp(sigma_ * stats::normal(random));
  return std::chrono::nanoseconds(
      static_cast<std::int64_t>(std::min(drawn, static_cast<double>(most.count()))));
}

}  // namespace bytepath::lazyfs
