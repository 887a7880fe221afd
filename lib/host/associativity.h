#pragma once
#include <cstdint>

namespace bytepath::host {

struct Associativity {
  std::uint32_t ways = 0;  // 0: not stated by this leaf, or fully associative
  bool full = false;
};

// The 4-bit code of leaves 0x80000006 and 0x80000019 (AMD APM volume 3 table E-4; Intel uses the
// same values). 7 (Intel) and 9 (AMD) mean "see the deterministic leaf".
Associativity associativity_of_code(std::uint32_t code);

}  // namespace bytepath::host
