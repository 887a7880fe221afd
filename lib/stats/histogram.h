#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace bytepath::stats {

// Counts of whole numbers (nanoseconds) in buckets that grow with the number: 32 to each power of
// two, so that a value is known to 1.6 % at any size and the memory is fixed, however many come.
class Histogram {
 public:
  struct Bucket {
    std::uint64_t first = 0;  // values first..last
    std::uint64_t last = 0;
    std::uint64_t count = 0;
  };

  void add(std::uint64_t value);
  void add(const Histogram& other);

  std::uint64_t count() const { return count_; }
  std::uint64_t sum() const { return sum_; }
  std::uint64_t max() const { return max_; }
  // The value below which this part (0 to 1) of all lies: the middle of its bucket; 0 for none.
  double quantile(double part) const;
  std::vector<Bucket> buckets() const;  // those that are not empty, ascending
  // The same by powers of two, for a chart.
  std::vector<Bucket> octaves() const;

 private:
  static constexpr unsigned sub_bits = 5;
  static std::size_t index_of(std::uint64_t value);
  static Bucket bounds_of(std::size_t index);

  std::vector<std::uint64_t> counts_;
  std::uint64_t count_ = 0;
  std::uint64_t sum_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace bytepath::stats
