#pragma once
#include <cstdint>
#include <vector>

namespace bytepath::chunks {

// Chunks by the hash of their content. An open table that never holds more than a given number:
// when it is full, the chunks whose hash has the next low bit set are left out from then on. What
// is left is a fair sample, as a hash is.
class ChunkTable {
 public:
  struct Chunk {
    std::uint64_t hash = 0;
    std::uint32_t image = none;  // the first that has it
    std::uint32_t bytes = 0;
    std::uint32_t count = 0;   // in all images
    std::uint32_t shared = 0;  // 1: in another image too
  };
  static constexpr std::uint32_t none = UINT32_MAX;

  explicit ChunkTable(std::size_t most);

  void add(std::uint64_t hash, std::uint32_t image, std::uint32_t bytes);
  // 1, 1/2, 1/4...
  double sampled() const { return 1.0 / static_cast<double>(mask_ + 1); }
  template <class Visit>
  void each(const Visit& visit) const {
    for (const Chunk& chunk : slots_) {
      if (chunk.image != none) visit(chunk);
    }
  }

 private:
  Chunk& slot_of(std::uint64_t hash);
  void rehash(std::size_t slots);

  std::size_t most_;
  std::size_t count_ = 0;
  std::uint64_t mask_ = 0;  // a chunk is of the sample where none of these bits is set in its hash
  std::vector<Chunk> slots_;
};

}  // namespace bytepath::chunks
