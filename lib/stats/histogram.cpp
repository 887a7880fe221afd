#include "stats/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace bytepath::stats {

// Values below 2^sub_bits have a bucket each; from there on each power of two has 2^sub_bits.
std::size_t Histogram::index_of(std::uint64_t value) {
  if (value < (1U << sub_bits)) return value;
  const auto octave = static_cast<unsigned>(std::bit_width(value)) - 1 - sub_bits;
  return ((octave + std::size_t{1}) << sub_bits) + ((value >> octave) - (1U << sub_bits));
}

Histogram::Bucket Histogram::bounds_of(std::size_t index) {
  if (index < (1U << sub_bits)) return {.first = index, .last = index};
  const std::size_t octave = (index >> sub_bits) - 1;
  const std::uint64_t sub = (index & ((1U << sub_bits) - 1)) + (1U << sub_bits);
  const std::uint64_t first = sub << octave;
  return {.first = first, .last = first + ((std::uint64_t{1} << octave) - 1)};
}

void Histogram::add(std::uint64_t value) {
  const std::size_t index = index_of(value);
  if (index >= counts_.size()) counts_.resize(index + 1);
  ++counts_[index];
  ++count_;
  sum_ += value;
  max_ = std::max(max_, value);
}

void Histogram::add(const Histogram& other) {
  if (other.counts_.size() > counts_.size()) counts_.resize(other.counts_.size());
  for (std::size_t i = 0; i < other.counts_.size(); ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  sum_ += other.sum_;
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
    const auto last = std::min(bucket.last, max_);
    return (static_cast<double>(bucket.first) + static_cast<double>(last)) / 2;
  }
  return static_cast<double>(max_);
}

std::vector<Histogram::Bucket> Histogram::buckets() const {
  std::vector<Bucket> out;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] == 0) continue;
    out.push_back(bounds_of(i));
    out.back().count = counts_[i];
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
