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
  std::uint32_t vocabulary = 512;    // at least 259: three special tokens and the bytes
  std::uint64_t seed = 1;
};

// Writes it in Q8_0. An error when the numbers do not fit together (usage) or the disk is full.
Result<> write_random_gguf(const std::string& path, const RandomModel& model);

}  // namespace bytepath::test
