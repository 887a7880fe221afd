#include "mounts/byte_ranges.h"

#include <algorithm>
#include <iterator>

namespace bytepath::mounts {

std::vector<ByteRange> ByteRanges::insert(ByteRange range) {
  std::vector<ByteRange> added;
  if (range.first >= range.end) return added;
  auto at = ends_.upper_bound(range.first);
  if (at != ends_.begin() && std::prev(at)->second >= range.first) --at;
  ByteRange whole = range;
  std::uint64_t missing_from = range.first;
  while (at != ends_.end() && at->first <= range.end) {
    if (at->first > missing_from) added.push_back({.first = missing_from, .end = at->first});
    missing_from = std::max(missing_from, at->second);
    whole.first = std::min(whole.first, at->first);
    whole.end = std::max(whole.end, at->second);
    at = ends_.erase(at);
  }
  if (missing_from < range.end) added.push_back({.first = missing_from, .end = range.end});
  ends_.emplace(whole.first, whole.end);
  for (const ByteRange& part : added) bytes_ += part.bytes();
  return added;
}

std::vector<ByteRange> ByteRanges::within(ByteRange range) const {
  std::vector<ByteRange> parts;
  auto at = ends_.upper_bound(range.first);
  if (at != ends_.begin()) --at;
  for (; at != ends_.end() && at->first < range.end; ++at) {
    const ByteRange part{.first = std::max(range.first, at->first),
                         .end = std::min(range.end, at->second)};
    if (part.first < part.end) parts.push_back(part);
  }
  return parts;
}

bool ByteRanges::contains(ByteRange range) const {
  if (range.first >= range.end) return true;
  const auto parts = within(range);
  return parts.size() == 1 && parts.front() == range;
}

}  // namespace bytepath::mounts
