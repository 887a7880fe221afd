#include "host/register_text.h"

namespace bytepath::host {

std::string register_text(std::initializer_list<std::uint32_t> registers) {
  std::string text;
  for (const std::uint32_t value : registers) {
    for (unsigned shift = 0; shift < 32; shift += 8) {
      const std::uint32_t byte = (value >> shift) & 0xffU;
      if (byte == 0) return text;
      text += byte >= 0x20 && byte < 0x7f ? static_cast<char>(byte) : '?';
    }
  }
  return text;
}

}  // namespace bytepath::host
