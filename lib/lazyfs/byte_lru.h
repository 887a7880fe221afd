#pragma once
#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace bytepath::lazyfs {

// Which keys a cache of so many bytes holds, in the order of their use. Not for several threads.
class ByteLru {
 public:
  explicit ByteLru(std::uint64_t capacity) : capacity_(capacity) {}

  // Is it there? It is then the last one to go.
  bool use(std::string_view key);

  // Makes room: evicts what was used longest ago until `bytes` more fit, and reserves them for
  // `key`, which is then the last one to go. `evicted` gets the keys. False, and nothing happens:
  // the key is there already, or more than the capacity.
  bool add(std::string_view key, std::uint64_t bytes, std::vector<std::string>& evicted);

  void remove(std::string_view key);

  std::uint64_t used() const { return used_; }  // never above the capacity
  std::uint64_t capacity() const { return capacity_; }

 private:
  struct Entry {
    std::string key;
    std::uint64_t bytes;
  };
  std::uint64_t capacity_;
  std::uint64_t used_ = 0;
  std::list<Entry> entries_;                                                 // the last used first
  std::unordered_map<std::string_view, std::list<Entry>::iterator> by_key_;  // keys of entries_
};

}  // namespace bytepath::lazyfs
