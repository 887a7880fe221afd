#pragma once
#include <cstdint>
#include <span>
#include <string>

namespace bytepath::code {

// The text, in Intel's syntax, of an instruction on AVX-512 mask registers and nothing in memory:
// kmov, kortest, ktest, knot and the logical ones, which glibc's string functions use and capstone
// 4.0.2 does not know. Empty for anything else. Intel SDM volume 2, the pages of each: KMOVW/B/Q/D,
// KORTESTW/B/Q/D and so on; the VEX prefix by 2.3.5.
std::string mask_instruction(std::span<const std::uint8_t> bytes);

}  // namespace bytepath::code
