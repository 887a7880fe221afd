#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace bytepath::stats {

// Counts of whole numbers (nanoseconds) in buckets that grow with the number
// (histogram_buckets.h), so that a value is known to 0.8 % at any size and the memory is fixed,
// however many come. What was counted in parts and added up is what was counted at once.
class Histogram {
 public:
  struct Bucket {
    std::uint64_t first = 0;  // values first..last
    std::uint64_t last = 0;
    std::uint64_t count = 0;
  };
  using Counts = std::vector<std::pair<std::size_t, std::uint64_t>>;  // bucket, how many

  // What counts() gave, and the rest of it. Nothing: there is no such bucket, or more than 2^64.
  static std::optional<Histogram> from(const Counts& counts, std::uint64_t sum, std::uint64_t min,
                                       std::uint64_t max);
  // What a BPF program counted, bucket by bucket: sum, min and max are those of the buckets.
  static Histogram from(std::span<const std::uint64_t> counts);

  void add(std::uint64_t value);
  void add(const Histogram& other);

  std::uint64_t count() const { return count_; }
  std::uint64_t sum() const { return sum_; }
  std::uint64_t min() const { return count_ == 0 ? 0 : min_; }
  std::uint64_t max() const { return max_; }
  // The value below which this part (0 to 1) of all lies: the middle of its bucket; 0 for none.
  double quantile(double part) const;
  Counts counts() const;                // of the buckets that are not empty, ascending
  std::vector<Bucket> buckets() const;  // the same by their values
  // The same by powers of two, for a chart.
  std::vector<Bucket> octaves() const;

 private:
  static Bucket bounds_of(std::size_t index);
  void count_in(std::size_t index, std::uint64_t count);

  std::vector<std::uint64_t> counts_;
  std::uint64_t count_ = 0;
  std::uint64_t sum_ = 0;
  std::uint64_t min_ = UINT64_MAX;
  std::uint64_t max_ = 0;
};

}  // namespace bytepath::stats
