#pragma once
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "weights/byte_source.h"

namespace bytepath::weights {

// Reads a source from front to back, little-endian, within [begin, end): what lies beyond is an
// error that names the place and what was read for. Holds a window of the file, which is small
// after a jump and grows on a straight way, so that neither 10,000 jumps nor a header of 100 MB
// cost much.
class ByteReader {
 public:
  // Beyond an end before that of the file, it is a header that grew too large.
  ByteReader(const ByteSource& source, std::uint64_t begin, std::uint64_t end);
  explicit ByteReader(const ByteSource& source) : ByteReader(source, 0, source.size()) {}

  const std::string& path() const { return source_->path(); }
  std::uint64_t position() const { return position_; }
  std::uint64_t end() const { return end_; }
  std::uint64_t remaining() const { return end_ - position_; }

  Result<> seek(std::uint64_t position, std::string_view what);
  Result<> skip(std::uint64_t bytes, std::string_view what);

  template <std::unsigned_integral T>
  Result<T> number(std::string_view what) {
    T value{};
    if (position_ - window_begin_ > window_.size() ||
        window_.size() - (position_ - window_begin_) < sizeof value) {
      if (auto filled = fill(sizeof value, what); !filled) {
        return std::unexpected(std::move(filled).error());
      }
    }
    std::memcpy(&value, window_.data() + (position_ - window_begin_), sizeof value);
    position_ += sizeof value;
    return value;
  }

  Result<std::string> text(std::uint64_t bytes, std::string_view what);

 private:
  std::unexpected<Error> beyond(std::string_view what) const;
  // Makes the window begin at position_ and hold at least that many bytes.
  Result<> fill(std::size_t bytes, std::string_view what);

  const ByteSource* source_;
  std::uint64_t position_;
  std::uint64_t end_;
  std::uint64_t window_begin_;
  std::vector<std::byte> window_;
  std::size_t next_window_;
};

}  // namespace bytepath::weights
