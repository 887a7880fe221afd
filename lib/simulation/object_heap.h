#pragma once
#include <cstdint>
#include <utility>
#include <vector>

#include "simulation/object_list.h"

namespace bytepath::simulation {

// Objects by a key that changes: the least is on top. Four children a node: the tree is half as
// deep, and a node's children lie in one or two cache lines.
template <class Key>
class ObjectHeap {
 public:
  bool empty() const { return heap_.empty(); }
  bool contains(std::uint32_t object) const {
    return object < place_.size() && place_[object] != no_object;
  }
  void prefetch(std::uint32_t object) const {
    if (object < place_.size()) __builtin_prefetch(&place_[object], 1);
  }
  std::uint32_t top() const { return heap_.front().second; }

  void set(std::uint32_t object, const Key& key) {
    if (object >= place_.size()) place_.resize(object + 1, no_object);
    std::uint32_t place = place_[object];
    if (place == no_object) {
      place = static_cast<std::uint32_t>(heap_.size());
      heap_.emplace_back(key, object);
      place_[object] = place;
    } else {
      heap_[place].first = key;
    }
    down(up(place));
  }
  void remove(std::uint32_t object) {
    const std::uint32_t place = place_[object];
    place_[object] = no_object;
    const auto last = heap_.back();
    heap_.pop_back();
    if (place == heap_.size()) return;
    put(place, last);
    down(up(place));
  }

 private:
  static constexpr std::uint32_t children = 4;

  void put(std::uint32_t place, const std::pair<Key, std::uint32_t>& entry) {
    heap_[place] = entry;
    place_[entry.second] = place;
  }
  std::uint32_t up(std::uint32_t place) {
    const auto entry = heap_[place];
    while (place > 0) {
      const std::uint32_t parent = (place - 1) / children;
      if (!(entry < heap_[parent])) break;
      put(place, heap_[parent]);
      place = parent;
    }
    put(place, entry);
    return place;
  }
  void down(std::uint32_t place) {
    const auto entry = heap_[place];
    const auto size = static_cast<std::uint32_t>(heap_.size());
    for (;;) {
      std::uint32_t least = place;
      const std::uint32_t first = place * children + 1;
      for (std::uint32_t child = first; child < first + children && child < size; ++child) {
        if (heap_[child] < (least == place ? entry : heap_[least])) least = child;
      }
      if (least == place) break;
      put(place, heap_[least]);
      place = least;
    }
    put(place, entry);
  }

  std::vector<std::pair<Key, std::uint32_t>> heap_;
  std::vector<std::uint32_t> place_;  // of each object in heap_
};

}  // namespace bytepath::simulation
