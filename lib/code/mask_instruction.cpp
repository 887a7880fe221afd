#include "code/mask_instruction.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace bytepath::code {
namespace {

struct Vex {
  bool wide = false;         // W
  bool two_sources = false;  // L: of the mask instructions those with three operands have it
  unsigned prefix = 0;       // pp: none, 66, f3, f2
  unsigned source = 0;       // vvvv; 0 when nothing is encoded
  unsigned opcode = 0;
  unsigned first = 0;   // ModRM.reg with R
  unsigned second = 0;  // ModRM.rm with B
};

// Of opcode map 0f, between registers only.
std::optional<Vex> parse(std::span<const std::uint8_t> bytes) {
  const bool is_long = !bytes.empty() && bytes[0] == 0xc4;
  const std::size_t last = is_long ? 2 : 1;  // of the prefix
  if (bytes.size() < last + 3 || (!is_long && bytes[0] != 0xc5)) return std::nullopt;
  if (is_long && (bytes[1] & 0x1fU) != 1) return std::nullopt;
  const unsigned modrm = bytes[last + 2];
  if (modrm >> 6U != 3) return std::nullopt;
  // R and B are stored inverted, and so is vvvv.
  const unsigned r = (bytes[1] & 0x80U) == 0 ? 8 : 0;
  const unsigned b = is_long && (bytes[1] & 0x20U) == 0 ? 8 : 0;
  return Vex{.wide = is_long && (bytes[2] & 0x80U) != 0,
             .two_sources = (bytes[last] & 4U) != 0,
             .prefix = bytes[last] & 3U,
             .source = ~(bytes[last] >> 3U) & 15U,
             .opcode = bytes[last + 1],
             .first = ((modrm >> 3U) & 7U) + r,
             .second = (modrm & 7U) + b};
}

// Of all but the moves from and to general registers. 0: there is none.
char width_letter(const Vex& vex) {
  if (vex.prefix == 0) return vex.wide ? 'q' : 'w';
  if (vex.prefix == 1) return vex.wide ? 'd' : 'b';
  return 0;
}

std::string general_register(unsigned number, bool wide) {
  constexpr std::array<std::string_view, 8> names = {"ax", "cx", "dx", "bx",
                                                     "sp", "bp", "si", "di"};
  if (number >= names.size()) return fmt::format("r{}{}", number, wide ? "" : "d");
  return fmt::format("{}{}", wide ? 'r' : 'e', names[number]);
}

std::string general_move(const Vex& vex, bool from_mask) {
  constexpr unsigned f2 = 3;
  char width = 0;
  if (vex.prefix == f2) width = vex.wide ? 'q' : 'd';
  if (vex.prefix < 2 && !vex.wide) width = vex.prefix == 0 ? 'w' : 'b';
  const unsigned mask = from_mask ? vex.second : vex.first;
  if (width == 0 || mask > 7 || vex.two_sources || vex.source != 0) return {};
  const std::string general = general_register(from_mask ? vex.first : vex.second, width == 'q');
  return from_mask ? fmt::format("kmov{} {}, k{}", width, general, mask)
                   : fmt::format("kmov{} k{}, {}", width, mask, general);
}

struct Form {
  unsigned opcode;
  std::string_view name;
  bool two_sources;
};

constexpr Form forms[] = {
    {0x41, "kand", true},     {0x42, "kandn", true},  {0x44, "knot", false}, {0x45, "kor", true},
    {0x46, "kxnor", true},    {0x47, "kxor", true},   {0x4a, "kadd", true},  {0x90, "kmov", false},
    {0x98, "kortest", false}, {0x99, "ktest", false},
};

}  // namespace

std::string mask_instruction(std::span<const std::uint8_t> bytes) {
  const auto vex = parse(bytes);
  if (!vex) return {};
  if (vex->opcode == 0x92 || vex->opcode == 0x93) return general_move(*vex, vex->opcode == 0x93);
  const auto* form = std::ranges::find(forms, vex->opcode, &Form::opcode);
  const char width = width_letter(*vex);
  if (form == std::end(forms) || width == 0 || form->two_sources != vex->two_sources) return {};
  if (vex->first > 7 || vex->second > 7 || vex->source > 7) return {};
  if (form->two_sources)
    return fmt::format("{}{} k{}, k{}, k{}", form->name, width, vex->first, vex->source,
                       vex->second);
  if (vex->source != 0) return {};
  return fmt::format("{}{} k{}, k{}", form->name, width, vex->first, vex->second);
}

}  // namespace bytepath::code
