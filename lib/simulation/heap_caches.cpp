#include "simulation/heap_caches.h"

#include "simulation/object_heap.h"

namespace bytepath::simulation {
namespace {

// Policy has key(request, now), asked once for each request: the least key goes first.
template <class Policy>
class HeapCache final : public Cache {
 public:
  explicit HeapCache(std::uint64_t capacity) : capacity_(capacity) {}

  bool access(const Request& request) override {
    const std::uint32_t object = request.object;
    if (object >= bytes_.size()) bytes_.resize(object + 1);
    if (bytes_[object] == 0) bytes_[object] = request.bytes;
    const auto key = policy_.key(request, ++now_);
    if (heap_.contains(object)) {
      heap_.set(object, key);
      return true;
    }
    const std::uint32_t bytes = bytes_[object];
    if (bytes > capacity_) return false;
    while (used_ + bytes > capacity_) {
      const std::uint32_t victim = heap_.top();
      heap_.remove(victim);
      used_ -= bytes_[victim];
    }
    heap_.set(object, key);
    used_ += bytes;
    return false;
  }
  std::uint64_t used() const override { return used_; }
  void prefetch(std::uint32_t object) const override { heap_.prefetch(object); }

 private:
  std::uint64_t capacity_;
  std::uint64_t used_ = 0;
  std::uint64_t now_ = 0;
  std::vector<std::uint32_t> bytes_;
  Policy policy_;
  ObjectHeap<typename Policy::Key> heap_;
};

// The oldest last use but one; those used once go first, the oldest of them. What is known of an
// object outlives its stay.
struct Lru2 {
  using Key = std::pair<std::uint64_t, std::uint64_t>;
  std::vector<std::uint64_t> last;
  Key key(const Request& request, std::uint64_t now) {
    if (request.object >= last.size()) last.resize(request.object + 1);
    const std::uint64_t before = std::exchange(last[request.object], now);
    return {before, now};
  }
};

struct Lfu {
  using Key = std::pair<std::uint64_t, std::uint64_t>;
  std::vector<std::uint32_t> uses;
  Key key(const Request& request, std::uint64_t now) {
    if (request.object >= uses.size()) uses.resize(request.object + 1);
    return {++uses[request.object], now};
  }
};

struct Belady {
  using Key = std::uint64_t;
  static Key key(const Request& request, std::uint64_t) { return Request::never - request.next; }
};

}  // namespace

std::unique_ptr<Cache> make_lru2(std::uint64_t capacity) {
  return std::make_unique<HeapCache<Lru2>>(capacity);
}
std::unique_ptr<Cache> make_lfu(std::uint64_t capacity) {
  return std::make_unique<HeapCache<Lfu>>(capacity);
}
std::unique_ptr<Cache> make_belady(std::uint64_t capacity) {
  return std::make_unique<HeapCache<Belady>>(capacity);
}

}  // namespace bytepath::simulation
