#include "lazyfs/byte_lru.h"

namespace bytepath::lazyfs {

bool ByteLru::use(std::string_view key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return false;
  entries_.splice(entries_.begin(), entries_, found->second);
  return true;
}

bool ByteLru::add(std::string_view key, std::uint64_t bytes, std::vector<std::string>& evicted) {
  if (bytes > capacity_ || by_key_.contains(key)) return false;
  while (used_ > capacity_ - bytes) {
    evicted.push_back(entries_.back().key);
    remove(evicted.back());
  }
  entries_.push_front({.key = std::string(key), .bytes = bytes});
  by_key_.emplace(entries_.front().key, entries_.begin());
  used_ += bytes;
  return true;
}

void ByteLru::remove(std::string_view key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return;
  const auto entry = found->second;
  used_ -= entry->bytes;
  by_key_.erase(found);
  entries_.erase(entry);
}

}  // namespace bytepath::lazyfs
