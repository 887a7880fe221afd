#include "faults/touch_curve.h"

namespace bytepath::faults {

void TouchCurve::add(std::uint64_t time_ns, std::uint64_t bytes) {
  if (empty_) {
    empty_ = false;
    begin_ns_ = time_ns;
  }
  const std::uint64_t since = time_ns > begin_ns_ ? time_ns - begin_ns_ : 0;
  while (since / step_ns_ >= bins) {
    for (std::size_t i = 0; i < bytes_.size(); i += 2) {
      bytes_[i / 2] = bytes_[i] + (i + 1 < bytes_.size() ? bytes_[i + 1] : 0);
    }
    bytes_.resize((bytes_.size() + 1) / 2);
    step_ns_ *= 2;
  }
  const std::size_t index = since / step_ns_;
  if (index >= bytes_.size()) bytes_.resize(index + 1);
  bytes_[index] += bytes;
}

std::vector<TouchCurve::Step> TouchCurve::steps() const {
  constexpr double ns_per_second = 1e9;
  std::vector<Step> steps;
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < bytes_.size(); ++i) {
    sum += bytes_[i];
    const auto end = static_cast<double>((i + 1) * step_ns_);
    steps.push_back({.seconds = end / ns_per_second, .bytes = sum});
  }
  return steps;
}

}  // namespace bytepath::faults
