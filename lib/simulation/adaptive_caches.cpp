#include "simulation/adaptive_caches.h"

#include <algorithm>

#include "simulation/object_list.h"

namespace bytepath::simulation {
namespace {

// The names are those of the paper: T1, T2 hold objects that were used once or more often lately;
// B1, B2 remember those that left them; p is how much T1 is meant to have.
class Arc final : public Cache {
 public:
  explicit Arc(std::uint64_t capacity) : capacity_(capacity) {}

  bool access(const Request& request) override {
    const std::uint32_t object = request.object;
    nodes_.of(object, request.bytes);
    const std::uint64_t bytes = nodes_[object].bytes;
    switch (nodes_[object].place) {
      case in_t1:
        t1_.remove(object);
        t2_.add_newest(object);
        nodes_[object].place = in_t2;
        return true;
      case in_t2:
        t2_.move_to_newest(object);
        return true;
      case in_b1:
        p_ = std::min(capacity_, p_ + bytes * std::max<std::uint64_t>(1, ratio(b2_, b1_)));
        bring_back(object, b1_, false);
        return false;
      case in_b2: {
        const std::uint64_t less = bytes * std::max<std::uint64_t>(1, ratio(b1_, b2_));
        p_ -= std::min(p_, less);
        bring_back(object, b2_, true);
        return false;
      }
      default:
        add_new(object, bytes);
        return false;
    }
  }
  std::uint64_t used() const override { return t1_.bytes() + t2_.bytes(); }
  void prefetch(std::uint32_t object) const override { nodes_.prefetch(object); }

 private:
  enum : std::uint8_t { nowhere, in_t1, in_t2, in_b1, in_b2 };

  static std::uint64_t ratio(const ObjectList& one, const ObjectList& other) {
    return other.bytes() == 0 ? 1 : one.bytes() / other.bytes();
  }
  void forget_oldest(ObjectList& ghosts) { nodes_[ghosts.take_oldest()].place = nowhere; }

  void bring_back(std::uint32_t object, ObjectList& ghosts, bool from_b2) {
    make_room(nodes_[object].bytes, from_b2);
    ghosts.remove(object);
    t2_.add_newest(object);
    nodes_[object].place = in_t2;
  }

  // REPLACE of the paper, until the object fits.
  void make_room(std::uint64_t bytes, bool from_b2) {
    while (used() + bytes > capacity_) {
      const bool first =
          !t1_.empty() && (t1_.bytes() > p_ || (from_b2 && t1_.bytes() == p_) || t2_.empty());
      ObjectList& from = first ? t1_ : t2_;
      ObjectList& to = first ? b1_ : b2_;
      const std::uint32_t victim = from.take_oldest();
      to.add_newest(victim);
      nodes_[victim].place = first ? in_b1 : in_b2;
    }
  }

  void add_new(std::uint32_t object, std::uint64_t bytes) {
    if (bytes > capacity_) return;
    if (t1_.bytes() + b1_.bytes() + bytes > capacity_) {
      while (t1_.bytes() + b1_.bytes() + bytes > capacity_ && !b1_.empty()) forget_oldest(b1_);
      // T1 alone fills it all: its oldest goes without being remembered.
      while (t1_.bytes() + bytes > capacity_) forget_oldest(t1_);
    } else {
      const auto all = [&] { return used() + b1_.bytes() + b2_.bytes() + bytes; };
      while (all() > 2 * capacity_ && !b2_.empty()) forget_oldest(b2_);
    }
    make_room(bytes, false);
    t1_.add_newest(object);
    nodes_[object].place = in_t1;
  }

  std::uint64_t capacity_;
  std::uint64_t p_ = 0;
  Nodes nodes_;
  ObjectList t1_{nodes_}, t2_{nodes_}, b1_{nodes_}, b2_{nodes_};
};

// The full version of the paper: what is asked for again within A1in has not shown that it is hot;
// what comes back after A1out has seen it leave has.
class TwoQueues final : public Cache {
 public:
  explicit TwoQueues(std::uint64_t capacity) : capacity_(capacity) {}

  bool access(const Request& request) override {
    const std::uint32_t object = request.object;
    nodes_.of(object, request.bytes);
    const std::uint8_t place = nodes_[object].place;
    if (place == in_hot) hot_.move_to_newest(object);
    if (place == in_hot || place == in_first) return true;
    const std::uint64_t bytes = nodes_[object].bytes;
    if (bytes > capacity_) return false;
    if (place == in_ghosts) ghosts_.remove(object);
    make_room(bytes);
    (place == in_ghosts ? hot_ : first_).add_newest(object);
    nodes_[object].place = place == in_ghosts ? in_hot : in_first;
    return false;
  }
  std::uint64_t used() const override { return first_.bytes() + hot_.bytes(); }
  void prefetch(std::uint32_t object) const override { nodes_.prefetch(object); }

 private:
  enum : std::uint8_t { nowhere, in_first, in_hot, in_ghosts };
  // The paper's Kin and Kout: 25 % and 50 % of the cache.
  std::uint64_t first_bytes() const { return capacity_ / 4; }
  std::uint64_t ghost_bytes() const { return capacity_ / 2; }

  void make_room(std::uint64_t bytes) {
    while (used() + bytes > capacity_) {
      if (!first_.empty() && (first_.bytes() > first_bytes() || hot_.empty())) {
        const std::uint32_t victim = first_.take_oldest();
        ghosts_.add_newest(victim);
        nodes_[victim].place = in_ghosts;
        while (ghosts_.bytes() > ghost_bytes()) nodes_[ghosts_.take_oldest()].place = nowhere;
      } else {
        nodes_[hot_.take_oldest()].place = nowhere;
      }
    }
  }

  std::uint64_t capacity_;
  Nodes nodes_;
  ObjectList first_{nodes_}, hot_{nodes_}, ghosts_{nodes_};
};

// A tenth of the cache is for newcomers; who is used twice there moves on, others leave and are
// remembered as long as the main queue is.
class S3Fifo final : public Cache {
 public:
  explicit S3Fifo(std::uint64_t capacity)
      : capacity_(capacity), small_bytes_(std::max<std::uint64_t>(1, capacity / 10)) {}

  bool access(const Request& request) override {
    const std::uint32_t object = request.object;
    nodes_.of(object, request.bytes);
    const std::uint8_t place = nodes_[object].place;
    if (place == in_small || place == in_main) {
      nodes_[object].uses = std::min<std::uint8_t>(most_uses, nodes_[object].uses + 1);
      return true;
    }
    const std::uint64_t bytes = nodes_[object].bytes;
    if (bytes > capacity_) return false;
    while (used() + bytes > capacity_) evict();
    // It may have been forgotten meanwhile.
    const bool again = nodes_[object].place == in_ghosts;
    if (again) ghosts_.remove(object);
    nodes_[object].uses = 0;
    (again ? main_ : small_).add_newest(object);
    nodes_[object].place = again ? in_main : in_small;
    return false;
  }
  std::uint64_t used() const override { return small_.bytes() + main_.bytes(); }
  void prefetch(std::uint32_t object) const override { nodes_.prefetch(object); }

 private:
  enum : std::uint8_t { nowhere, in_small, in_main, in_ghosts };
  static constexpr std::uint8_t most_uses = 3;

  void evict() {
    if (!small_.empty() && (small_.bytes() >= small_bytes_ || main_.empty())) {
      evict_from_small();
    } else {
      evict_from_main();
    }
  }
  void evict_from_small() {
    const std::uint32_t object = small_.take_oldest();
    if (nodes_[object].uses > 1) {
      nodes_[object].uses = 0;
      main_.add_newest(object);
      nodes_[object].place = in_main;
      return;
    }
    ghosts_.add_newest(object);
    nodes_[object].place = in_ghosts;
    while (ghosts_.bytes() > capacity_ - small_bytes_) {
      nodes_[ghosts_.take_oldest()].place = nowhere;
    }
  }
  void evict_from_main() {
    while (nodes_[main_.oldest()].uses > 0) {
      --nodes_[main_.oldest()].uses;
      main_.move_to_newest(main_.oldest());
    }
    nodes_[main_.take_oldest()].place = nowhere;
  }

  std::uint64_t capacity_;
  std::uint64_t small_bytes_;
  Nodes nodes_;
  ObjectList small_{nodes_}, main_{nodes_}, ghosts_{nodes_};
};

}  // namespace

std::unique_ptr<Cache> make_arc(std::uint64_t capacity) { return std::make_unique<Arc>(capacity); }
std::unique_ptr<Cache> make_two_queues(std::uint64_t capacity) {
  return std::make_unique<TwoQueues>(capacity);
}
std::unique_ptr<Cache> make_s3_fifo(std::uint64_t capacity) {
  return std::make_unique<S3Fifo>(capacity);
}

}  // namespace bytepath::simulation
