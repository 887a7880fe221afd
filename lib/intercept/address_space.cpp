#include "intercept/address_space.h"

#include <algorithm>

#include "pages/page_set.h"

namespace bytepath::intercept {
namespace {

Mapping part(Mapping whole, std::uint64_t start, std::uint64_t end) {
  const std::uint64_t first = std::max(start, whole.start);
  whole.offset += first - whole.start;
  whole.start = first;
  whole.end = std::min(end, whole.end);
  return whole;
}

}  // namespace

void AddressSpace::insert(const Mapping& mapping) {
  if (mapping.start >= mapping.end) return;
  remove(mapping.start, mapping.end);
  mappings_.insert_or_assign(mapping.start, mapping);
}

std::vector<Mapping> AddressSpace::within(std::uint64_t start, std::uint64_t end) const {
  std::vector<Mapping> found;
  if (start >= end) return found;
  auto at = mappings_.upper_bound(start);
  if (at != mappings_.begin()) --at;
  for (; at != mappings_.end() && at->first < end; ++at) {
    if (at->second.end > start) found.push_back(part(at->second, start, end));
  }
  return found;
}

std::vector<Mapping> AddressSpace::remove(std::uint64_t start, std::uint64_t end) {
  std::vector<Mapping> removed = within(start, end);
  for (const Mapping& gone : removed) {
    const auto at = std::prev(mappings_.upper_bound(gone.start));
    const Mapping whole = at->second;
    mappings_.erase(at);
    if (whole.start < gone.start) {
      mappings_.emplace(whole.start, part(whole, whole.start, gone.start));
    }
    if (gone.end < whole.end) mappings_.emplace(gone.end, part(whole, gone.end, whole.end));
  }
  return removed;
}

std::vector<Mapping> AddressSpace::all() const {
  std::vector<Mapping> found;
  found.reserve(mappings_.size());
  for (const auto& [start, mapping] : mappings_) found.push_back(mapping);
  return found;
}

void AddressSpace::set_inexact(std::uint64_t start, std::uint64_t end) {
  for (Mapping mapping : within(start, end)) {
    mapping.exact = false;
    insert(mapping);
  }
}

std::uint64_t end_of_pages(std::uint64_t start, std::uint64_t length) {
  constexpr std::uint64_t beyond = std::uint64_t{1} << 56;  // user addresses with 5-level tables
  if (start % pages::page_bytes != 0 || start >= beyond || length > beyond - start) return start;
  return start + pages::pages_of(length) * pages::page_bytes;
}

}  // namespace bytepath::intercept
