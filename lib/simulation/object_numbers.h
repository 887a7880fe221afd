#pragma once
#include <cstdint>
#include <vector>

namespace bytepath::simulation {

// Gives each object, by its 64-bit name, the next number. An open table of 16 bytes a slot that is
// at most half full; linear probing, as a name is hashed well first.
class ObjectNumbers {
 public:
  ObjectNumbers() : slots_(initial_slots) {}

  std::uint32_t number_of(std::uint64_t name) {
    for (std::size_t at = hash(name) & mask();; at = (at + 1) & mask()) {
      if (slots_[at].number == empty) return add(at, name);
      if (slots_[at].name == name) return slots_[at].number;
    }
  }
  void prefetch(std::uint64_t name) const { __builtin_prefetch(&slots_[hash(name) & mask()]); }
  std::uint32_t count() const { return count_; }

  // The finalizer of MurmurHash3 (public domain): each bit of the name reaches each bit.
  static std::uint64_t hash(std::uint64_t name) {
    name = (name ^ (name >> 33U)) * 0xff51afd7ed558ccdU;
    name = (name ^ (name >> 33U)) * 0xc4ceb9fe1a85ec53U;
    return name ^ (name >> 33U);
  }

 private:
  static constexpr std::uint32_t empty = UINT32_MAX;
  static constexpr std::size_t initial_slots = 1024;
  struct Slot {
    std::uint64_t name = 0;
    std::uint32_t number = empty;
  };

  std::size_t mask() const { return slots_.size() - 1; }
  std::uint32_t add(std::size_t at, std::uint64_t name) {
    slots_[at] = {.name = name, .number = count_++};
    if (std::size_t{count_} * 2 > slots_.size()) grow();
    return count_ - 1;
  }
  void grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.number == empty) continue;
      std::size_t at = hash(slot.name) & mask();
      while (slots_[at].number != empty) at = (at + 1) & mask();
      slots_[at] = slot;
    }
  }

  std::vector<Slot> slots_;
  std::uint32_t count_ = 0;
};

}  // namespace bytepath::simulation
