#pragma once
#include <array>
#include <cstdint>
#include <numeric>
#include <vector>

namespace bytepath::stats {

// xoshiro256** 1.0 (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2018),
// seeded by splitmix64 as its authors advise. The same seed gives the same order of runs on every
// host and with every C++ library, which std::shuffle does not promise.
class Random {
 public:
  explicit Random(std::uint64_t seed) {
    for (auto& word : state_) word = splitmix(seed);
  }

  std::uint64_t next() {
    const std::uint64_t result = rotate(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17U;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = rotate(state_[3], 45);
    return result;
  }

  // 0 to bound - 1, each equally likely: what would make the low ones likelier is drawn again.
  std::uint64_t below(std::uint64_t bound) {
    const std::uint64_t surplus = (UINT64_MAX % bound + 1) % bound;
    std::uint64_t drawn = next();
    while (drawn > UINT64_MAX - surplus) drawn = next();
    return drawn % bound;
  }

  // 0 to count - 1 in an order drawn from all orders alike (Fisher and Yates).
  std::vector<std::size_t> permutation(std::size_t count) {
    std::vector<std::size_t> order(count);
    // Its ranges version is of C++23, and libstdc++ 12 has none yet.
    // NOLINTNEXTLINE(modernize-use-ranges)
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (std::size_t i = count; i > 1; --i) std::swap(order[i - 1], order[below(i)]);
    return order;
  }

 private:
  static std::uint64_t rotate(std::uint64_t value, unsigned bits) {
    return (value << bits) | (value >> (64 - bits));
  }
  static std::uint64_t splitmix(std::uint64_t& seed) {
    std::uint64_t mixed = seed += 0x9e3779b97f4a7c15;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31U);
  }
  std::array<std::uint64_t, 4> state_{};
};

}  // namespace bytepath::stats
