#include "chunks/chunk_table.h"

#include <algorithm>
#include <bit>

namespace bytepath::chunks {
namespace {

constexpr std::size_t least_slots = 1024;

}  // namespace

ChunkTable::ChunkTable(std::size_t most) : most_(std::max<std::size_t>(most, 1)) {
  slots_.resize(least_slots);
}

ChunkTable::Chunk& ChunkTable::slot_of(std::uint64_t hash) {
  // The low bits say who is of the sample.
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = (hash >> 32U ^ hash << 13U) & mask;
  while (slots_[slot].image != none && slots_[slot].hash != hash) slot = (slot + 1) & mask;
  return slots_[slot];
}

void ChunkTable::add(std::uint64_t hash, std::uint32_t image, std::uint32_t bytes) {
  if ((hash & mask_) != 0) return;
  Chunk* chunk = &slot_of(hash);
  while (chunk->image == none && count_ == most_) {
    mask_ = mask_ << 1U | 1U;
    rehash(slots_.size());
    if ((hash & mask_) != 0) return;
    chunk = &slot_of(hash);
  }
  if (chunk->image == none) {
    if ((count_ + 1) * 3 > slots_.size() * 2) {
      rehash(slots_.size() * 2);
      chunk = &slot_of(hash);
    }
    ++count_;
    *chunk = {.hash = hash, .image = image, .bytes = bytes};
  }
  ++chunk->count;
  if (chunk->image != image) chunk->shared = 1;
}

void ChunkTable::rehash(std::size_t slots) {
  std::vector<Chunk> old(slots);
  old.swap(slots_);
  count_ = 0;
  for (const Chunk& chunk : old) {
    if (chunk.image == none || (chunk.hash & mask_) != 0) continue;
    slot_of(chunk.hash) = chunk;
    ++count_;
  }
}

}  // namespace bytepath::chunks
