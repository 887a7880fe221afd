#include "host/associativity.h"

#include <array>

namespace bytepath::host {

Associativity associativity_of_code(std::uint32_t code) {
  constexpr std::uint32_t fully = 0xf;
  constexpr std::array<std::uint32_t, 16> ways = {0,  1, 2,  3,  4,  6,  8,   0,
                                                  16, 0, 32, 48, 64, 96, 128, 0};
  return {.ways = ways.at(code & 0xfU), .full = (code & 0xfU) == fully};
}

}  // namespace bytepath::host
