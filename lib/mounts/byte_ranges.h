#pragma once
#include <cstdint>
#include <map>
#include <vector>

namespace bytepath::mounts {

// first up to, not including, end.
struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t end = 0;
  std::uint64_t bytes() const { return end - first; }
  bool operator==(const ByteRange&) const = default;
};

// Bytes of one file, each there or not.
class ByteRanges {
 public:
  // Returns the parts that were not there yet, ascending. An empty range or one that ends before it
  // begins adds nothing.
  std::vector<ByteRange> insert(ByteRange range);
  // The parts of `range` that are there, ascending.
  std::vector<ByteRange> within(ByteRange range) const;
  bool contains(ByteRange range) const;
  std::uint64_t bytes() const { return bytes_; }

 private:
  std::map<std::uint64_t, std::uint64_t> ends_;  // by first; neither overlapping nor adjoining
  std::uint64_t bytes_ = 0;
};

}  // namespace bytepath::mounts
