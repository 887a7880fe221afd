#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

#include "measure/arrivals.h"

// When the next request, or batch of them, is to be sent. Knows no clock: times are since the
// begin.
namespace bytepath::net {

struct PaceOptions {
  std::uint64_t requests = 0;
  std::uint64_t batch = 1;  // sent at once
  std::optional<std::chrono::nanoseconds> duration;
  std::optional<double> rate;  // requests a second of an open loop
  double limit = 1;            // most requests a second of a closed one
  measure::Arrivals::Spacing spacing = measure::Arrivals::Spacing::even;
  std::uint64_t seed = 1;
};

class Pace {
 public:
  explicit Pace(const PaceOptions& options)
      : options_(options),
        batch_(static_cast<double>(options.batch)),
        arrivals_(options.rate.value_or(options.limit) / batch_, options.spacing, options.seed) {}

  // In an open loop it may lie before `now`: that long it has waited already. Nothing: that was
  // all. Requests not sent when the time is over are not sent.
  std::optional<std::chrono::nanoseconds> next(std::chrono::nanoseconds now) {
    if (sent_ >= options_.requests || (options_.duration && now >= *options_.duration)) return {};
    const auto due = options_.rate ? arrivals_.next() : closed(now);
    if (options_.duration && due >= *options_.duration) return {};
    sent_ += options_.batch;
    return due;
  }

 private:
  std::chrono::nanoseconds closed(std::chrono::nanoseconds now) {
    const auto due = sent_ == 0 ? now : std::max(now, last_ + gap());
    last_ = due;
    return due;
  }
  std::chrono::nanoseconds gap() const {
    return std::chrono::nanoseconds(static_cast<std::int64_t>(1e9 * batch_ / options_.limit));
  }

  PaceOptions options_;
  double batch_;
  measure::Arrivals arrivals_;
  std::uint64_t sent_ = 0;
  std::chrono::nanoseconds last_{};
};

}  // namespace bytepath::net
