#include "weights/byte_reader.h"

#include <algorithm>

#include "weights/malformed.h"

namespace bytepath::weights {
namespace {

constexpr std::size_t smallest_window = 4096;
constexpr std::size_t largest_window = 256 << 10;

}  // namespace

ByteReader::ByteReader(const ByteSource& source, std::uint64_t begin, std::uint64_t end)
    : source_(&source),
      position_(std::min(begin, source.size())),
      end_(std::clamp(end, position_, source.size())),
      window_begin_(position_),
      next_window_(smallest_window) {}

std::unexpected<Error> ByteReader::beyond(std::string_view what) const {
  if (end_ == source_->size()) {
    return malformed(path(), position_,
                     fmt::format("the file ends at byte {}, within {}", end_, what),
                     "is it cut short, or still being downloaded?");
  }
  return malformed(path(), position_,
                   fmt::format("{} reaches beyond byte {}, where it has to end", what, end_));
}

Result<> ByteReader::seek(std::uint64_t position, std::string_view what) {
  if (position > end_) return beyond(what);
  position_ = position;
  return {};
}

Result<> ByteReader::skip(std::uint64_t bytes, std::string_view what) {
  if (bytes > remaining()) return beyond(what);
  position_ += bytes;
  return {};
}

Result<> ByteReader::fill(std::size_t bytes, std::string_view what) {
  if (bytes > remaining()) return beyond(what);
  const bool straight_on = position_ - window_begin_ <= window_.size();
  next_window_ = straight_on ? std::min(next_window_ * 2, largest_window) : smallest_window;
  const std::size_t wanted = std::min(std::max(bytes, next_window_), remaining());
  window_.resize(wanted);
  window_begin_ = position_;
  BYTEPATH_TRY(got, source_->read(position_, window_));
  window_.resize(got);
  if (got < bytes) {
    return malformed(path(), position_ + got, "the file became shorter while it was read");
  }
  return {};
}

Result<std::string> ByteReader::text(std::uint64_t bytes, std::string_view what) {
  if (bytes > remaining()) return beyond(what);
  const std::uint64_t into = position_ - window_begin_;
  if (into > window_.size() || window_.size() - into < bytes) {
    if (auto filled = fill(bytes, what); !filled) return std::unexpected(filled.error());
  }
  std::string out(bytes, '\0');
  std::memcpy(out.data(), window_.data() + (position_ - window_begin_), bytes);
  position_ += bytes;
  return out;
}

}  // namespace bytepath::weights
