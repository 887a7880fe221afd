#pragma once
#include <cstdint>
#include <string>

#include "base/result.h"

namespace bytepath::test {

// A model of the architecture "llama" with random weights, which llama.cpp runs: what it says makes
// no sense, how it touches its file does.
struct RandomModel {
  std::uint32_t layers = 2;
  std::uint32_t embedding = 256;     // a multiple of 64, which is the size of a head
  std::uint32_t feed_forward = 512;  // of each expert, where there are some; a multiple of 32
  std::uint32_t experts = 0;         // 0: a dense model
  std::uint32_t used_experts = 0;    // for a token
  // 0: tokens go where the random router sends them. Else the router goes by the token alone, by
  // its number modulo this: see routed_expert(). At most 32, and enough experts for all groups.
  std::uint32_t token_groups = 0;
  std::uint32_t vocabulary = 512;  // at least 259: three special tokens and the bytes
  std::uint64_t seed = 1;
};

// The `rank`-th of the used experts to which a layer sends the tokens of a group.
constexpr std::uint32_t routed_expert(const RandomModel& model, std::uint32_t layer,
                                      std::uint32_t group, std::uint32_t rank) {
  return (group * model.used_experts + layer + rank) % model.experts;
}

// Writes it in Q8_0. An error when the numbers do not fit together (usage) or the disk is full.
Result<> write_random_gguf(const std::string& path, const RandomModel& model);

}  // namespace bytepath::test
