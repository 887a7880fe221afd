#include <algorithm>
#include <cstddef>

#include "code/disassembler.h"

namespace bytepath::code {
namespace {

constexpr std::size_t max_size = 15;  // Intel SDM volume 2, 2.3.11: longer ones fault

// Opcode maps as VEX.mmmmm and EVEX.mmm number them.
enum Map : std::uint8_t { map_0f = 1, map_0f38 = 2, map_0f3a = 3 };

bool has_byte_immediate(std::uint8_t map, std::uint8_t opcode) {
  if (map == map_0f3a) return true;
  return map == map_0f && ((opcode >= 0x70 && opcode <= 0x73) || opcode == 0xc2 ||
                           (opcode >= 0xc4 && opcode <= 0xc6));
}

// ModRM, SIB and displacement that begin at bytes[at]; wide displacements are 4 bytes.
std::size_t operand_size(std::span<const std::uint8_t> bytes, std::size_t at) {
  if (at >= bytes.size()) return 1;
  const unsigned mode = bytes[at] >> 6U;
  const unsigned rm = bytes[at] & 7U;
  if (mode == 3) return 1;
  std::size_t size = 1;
  bool displacement4 = mode == 2 || (mode == 0 && rm == 5);
  if (rm == 4) {
    ++size;
    if (mode == 0 && at + 1 < bytes.size() && (bytes[at + 1] & 7U) == 5) displacement4 = true;
  }
  if (displacement4) size += 4;
  if (mode == 1) ++size;
  return size;
}

std::size_t vector_size(std::span<const std::uint8_t> bytes, std::size_t prefix, std::uint8_t map) {
  if (prefix >= bytes.size()) return 1;
  const std::uint8_t opcode = bytes[prefix];
  return prefix + 1 + operand_size(bytes, prefix + 1) + (has_byte_immediate(map, opcode) ? 1 : 0);
}

std::size_t legacy_size(std::span<const std::uint8_t> bytes, std::size_t at) {
  // at is behind 0f.
  if (at >= bytes.size()) return 1;
  if (bytes[at] == 0x38) return vector_size(bytes, at + 1, map_0f38);
  if (bytes[at] == 0x3a) return vector_size(bytes, at + 1, map_0f3a);
  return vector_size(bytes, at, map_0f);
}

bool is_prefix(std::uint8_t byte) {
  return byte == 0x66 || byte == 0xf2 || byte == 0xf3 || byte == 0x2e || byte == 0x3e ||
         byte == 0x64 || byte == 0x65 || (byte & 0xf0U) == 0x40;  // the last is REX
}

}  // namespace

std::uint8_t size_by_encoding(std::span<const std::uint8_t> bytes) {
  std::size_t at = 0;
  while (at < bytes.size() && at < 5 && is_prefix(bytes[at])) ++at;
  std::size_t size = 1;
  if (at < bytes.size()) {
    const std::uint8_t lead = bytes[at];
    if (lead == 0xc5) size = vector_size(bytes, at + 2, map_0f);
    if (lead == 0xc4 && at + 1 < bytes.size())
      size = vector_size(bytes, at + 3, bytes[at + 1] & 0x1fU);
    if (lead == 0x62 && at + 1 < bytes.size())
      size = vector_size(bytes, at + 4, bytes[at + 1] & 0x07U);
    if (lead == 0x0f) size = legacy_size(bytes, at + 1);
  }
  return static_cast<std::uint8_t>(
      std::clamp<std::size_t>(size, 1, std::min(max_size, std::max<std::size_t>(bytes.size(), 1))));
}

}  // namespace bytepath::code
