#pragma once
#include <cstddef>

#include "kernels/kernel.h"

namespace bytepath::kernels {

// Bytes before and after the destination that a copy must leave as they are.
constexpr std::size_t guard_bytes = 64;

// Proves that the kernel moves what it claims: fills the source with a new random pattern and the
// destination with another that differs from it in every byte, runs the kernel once and compares
// byte by byte, guard bytes included. The offsets count from the beginning of each half of the
// arena and need guard_bytes of room on both sides of the destination. Overwrites both places.
Result<> verify(const Kernel& kernel, void* state, const Arena& arena, std::size_t source_offset,
                std::size_t destination_offset, std::size_t size);

}  // namespace bytepath::kernels
