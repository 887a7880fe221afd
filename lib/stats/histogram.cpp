#include "stats/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "stats/histogram_buckets.h"

namespace bytepath::stats {

Histogram::Bucket Histogram::bounds_of(std::size_t index) {
  constexpr std::uint64_t in_octave = 1U << HISTOGRAM_BUCKET_BITS;
  if (index < in_octave) return {.first = index, .last = index};
  const std::size_t octave = (index >> HISTOGRAM_BUCKET_BITS) - 1;
  const std::uint64_t first = ((index & (in_octave - 1)) + in_octave) << octave;
  return {.first = first, .last = first + ((std::uint64_t{1} << octave) - 1)};
}

std::optional<Histogram> Histogram::from(const Counts& counts, std::uint64_t sum, std::uint64_t min,
                                         std::uint64_t max) {
  Histogram histogram;
  for (const auto& [index, count] : counts) {
    if (index >= HISTOGRAM_BUCKETS || count > UINT64_MAX - histogram.count_) return std::nullopt;
    histogram.count_in(index, count);
  }
  histogram.sum_ = sum;
  histogram.min_ = histogram.count_ == 0 ? UINT64_MAX : min;
  histogram.max_ = max;
  return histogram;
}

Histogram Histogram::from(std::span<const std::uint64_t> counts) {
  Histogram histogram;
  for (std::size_t i = 0; i < std::min<std::size_t>(counts.size(), HISTOGRAM_BUCKETS); ++i) {
    if (counts[i] == 0) continue;
    histogram.count_in(i, counts[i]);
    const Bucket bucket = bounds_of(i);
    histogram.sum_ += (bucket.first + (bucket.last - bucket.first) / 2) * counts[i];
    histogram.min_ = std::min(histogram.min_, bucket.first);
    histogram.max_ = bucket.last;
  }
  return histogram;
}

void Histogram::count_in(std::size_t index, std::uint64_t count) {
  if (index >= counts_.size()) counts_.resize(index + 1);
  counts_[index] += count;
  count_ += count;
}

void Histogram::add(std::uint64_t value) {
  count_in(histogram_bucket(value), 1);
  sum_ += value;
  min_ = std::min(min_, value);
  max_ = std::max(max_, value);
}

void Histogram::add(const Histogram& other) {
  if (other.counts_.size() > counts_.size()) counts_.resize(other.counts_.size());
  for (std::size_t i = 0; i < other.counts_.size(); ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  sum_ += other.sum_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
}

double Histogram::quantile(double part) const {
  if (count_ == 0) return 0;
  const auto rank = static_cast<std::uint64_t>(std::ceil(part * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (seen < std::max<std::uint64_t>(rank, 1)) continue;
    const Bucket bucket = bounds_of(i);
    const auto first = std::max(bucket.first, min_);
    const auto last = std::min(bucket.last, max_);
    return (static_cast<double>(first) + static_cast<double>(last)) / 2;
  }
  return static_cast<double>(max_);
}

Histogram::Counts Histogram::counts() const {
  Counts out;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] > 0) out.emplace_back(i, counts_[i]);
  }
  return out;
}

std::vector<Histogram::Bucket> Histogram::buckets() const {
  std::vector<Bucket> out;
  for (const auto& [index, count] : counts()) {
    out.push_back(bounds_of(index));
    out.back().count = count;
  }
  return out;
}

std::vector<Histogram::Bucket> Histogram::octaves() const {
  std::vector<Bucket> out;
  for (const Bucket& bucket : buckets()) {
    const std::uint64_t first = std::bit_floor(bucket.first);
    if (out.empty() || out.back().first != first) {
      out.push_back({.first = first, .last = first == 0 ? 0 : first + (first - 1)});
    }
    out.back().count += bucket.count;
  }
  return out;
}

}  // namespace bytepath::stats
