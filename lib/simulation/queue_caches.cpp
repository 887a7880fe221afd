#include "simulation/queue_caches.h"

#include <utility>

#include "simulation/object_list.h"

namespace bytepath::simulation {
namespace {

// Policy has hit(object) and victim(), which may reorder the queue but takes nothing out.
template <class Policy>
class QueueCache final : public Cache {
 public:
  explicit QueueCache(std::uint64_t capacity) : capacity_(capacity) {}

  bool access(const Request& request) override {
    const std::uint32_t object = request.object;
    const Node& node = nodes_.of(object, request.bytes);
    if (node.place != 0) {
      policy_.hit(queue_, nodes_, object);
      return true;
    }
    const std::uint32_t bytes = node.bytes;
    if (bytes > capacity_) return false;
    while (queue_.bytes() + bytes > capacity_) {
      const std::uint32_t victim = policy_.victim(queue_, nodes_);
      queue_.remove(victim);
      nodes_[victim].place = 0;
    }
    queue_.add_newest(object);
    nodes_[object].place = 1;
    nodes_[object].uses = 0;
    return false;
  }
  std::uint64_t used() const override { return queue_.bytes(); }
  void prefetch(std::uint32_t object) const override { nodes_.prefetch(object); }

 private:
  std::uint64_t capacity_;
  Nodes nodes_;
  ObjectList queue_{nodes_};
  Policy policy_;
};

struct Fifo {
  static void hit(ObjectList&, Nodes&, std::uint32_t) {}
  static std::uint32_t victim(ObjectList& queue, Nodes&) { return queue.oldest(); }
};

struct Lru {
  static void hit(ObjectList& queue, Nodes&, std::uint32_t object) { queue.move_to_newest(object); }
  static std::uint32_t victim(ObjectList& queue, Nodes&) { return queue.oldest(); }
};

// Whether it was used since the last time that it was looked at.
bool take_use(Node& node) { return std::exchange(node.uses, std::uint8_t{0}) != 0; }

// A used object gets another round.
struct Clock {
  static void hit(ObjectList&, Nodes& nodes, std::uint32_t object) { nodes[object].uses = 1; }
  static std::uint32_t victim(ObjectList& queue, Nodes& nodes) {
    while (take_use(nodes[queue.oldest()])) queue.move_to_newest(queue.oldest());
    return queue.oldest();
  }
};

// A used object stays where it is, and the hand passes on.
struct Sieve {
  std::uint32_t hand = no_object;
  static void hit(ObjectList&, Nodes& nodes, std::uint32_t object) { nodes[object].uses = 1; }
  std::uint32_t victim(const ObjectList& queue, Nodes& nodes) {
    std::uint32_t object = hand == no_object ? queue.oldest() : hand;
    while (take_use(nodes[object])) {
      object = nodes[object].newer == no_object ? queue.oldest() : nodes[object].newer;
    }
    hand = nodes[object].newer;
    return object;
  }
};

}  // namespace

std::unique_ptr<Cache> make_fifo(std::uint64_t capacity) {
  return std::make_unique<QueueCache<Fifo>>(capacity);
}
std::unique_ptr<Cache> make_lru(std::uint64_t capacity) {
  return std::make_unique<QueueCache<Lru>>(capacity);
}
std::unique_ptr<Cache> make_clock(std::uint64_t capacity) {
  return std::make_unique<QueueCache<Clock>>(capacity);
}
std::unique_ptr<Cache> make_sieve(std::uint64_t capacity) {
  return std::make_unique<QueueCache<Sieve>>(capacity);
}

}  // namespace bytepath::simulation
