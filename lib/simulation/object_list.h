#pragma once
#include <cstdint>
#include <vector>

namespace bytepath::simulation {

inline constexpr std::uint32_t no_object = UINT32_MAX;

// All that a policy knows of an object, in one place: it is one access to memory.
struct Node {
  std::uint32_t newer = no_object;  // its neighbours in the one list it is in
  std::uint32_t older = no_object;
  std::uint32_t bytes = 0;
  std::uint8_t place = 0;  // which list; 0: none
  std::uint8_t uses = 0;   // what the policy counts
};

// By object; shared by the lists of a policy.
class Nodes {
 public:
  Node& operator[](std::uint32_t object) { return nodes_[object]; }
  const Node& operator[](std::uint32_t object) const { return nodes_[object]; }
  // Makes one for an object that is asked for the first time.
  Node& of(std::uint32_t object, std::uint32_t bytes) {
    if (object >= nodes_.size()) nodes_.resize(object + 1);
    Node& node = nodes_[object];
    if (node.bytes == 0) node.bytes = bytes;
    return node;
  }
  void prefetch(std::uint32_t object) const {
    if (object < nodes_.size()) __builtin_prefetch(&nodes_[object], 1);
  }

 private:
  std::vector<Node> nodes_;
};

// A queue of objects, from the newest to the oldest.
class ObjectList {
 public:
  explicit ObjectList(Nodes& nodes) : nodes_(nodes) {}

  std::uint64_t bytes() const { return bytes_; }
  bool empty() const { return newest_ == no_object; }
  std::uint32_t newest() const { return newest_; }
  std::uint32_t oldest() const { return oldest_; }

  void add_newest(std::uint32_t object) {
    nodes_[object].newer = no_object;
    nodes_[object].older = newest_;
    (newest_ == no_object ? oldest_ : nodes_[newest_].newer) = object;
    newest_ = object;
    bytes_ += nodes_[object].bytes;
  }
  void remove(std::uint32_t object) {
    const std::uint32_t newer = nodes_[object].newer;
    const std::uint32_t older = nodes_[object].older;
    (newer == no_object ? newest_ : nodes_[newer].older) = older;
    (older == no_object ? oldest_ : nodes_[older].newer) = newer;
    bytes_ -= nodes_[object].bytes;
  }
  void move_to_newest(std::uint32_t object) {
    if (object == newest_) return;
    remove(object);
    add_newest(object);
  }
  std::uint32_t take_oldest() {
    const std::uint32_t object = oldest_;
    remove(object);
    return object;
  }

 private:
  Nodes& nodes_;
  std::uint32_t newest_ = no_object;
  std::uint32_t oldest_ = no_object;
  std::uint64_t bytes_ = 0;
};

}  // namespace bytepath::simulation
