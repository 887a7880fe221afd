#include <algorithm>
#include <cstdlib>

#include "code/copy_walk.h"

namespace code = bytepath::code;

// Any bytes as code: the walk ends, stays inside and keeps its limit.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static auto disassembler = code::Disassembler::create();
  if (!disassembler) std::abort();
  constexpr std::uint64_t base = 0x10000;
  const code::ByteSource source = [&](std::uint64_t address, std::span<std::uint8_t> bytes) {
    if (address < base || address - base > size || bytes.size() > size - (address - base))
      return false;
    std::copy_n(data + (address - base), bytes.size(), bytes.begin());
    return true;
  };
  const code::CopyWalk walk =
      code::walk_copy_function(*disassembler, source, base, {.instructions = 512});
  if (walk.instructions > 512) std::abort();
  for (const auto& found : walk.string_instructions)
    if (found.address < base || found.address >= base + size) std::abort();
  for (std::size_t at = 0; at < std::min<std::size_t>(size, 64); ++at) {
    const std::size_t encoded = code::size_by_encoding({data + at, size - at});
    if (encoded < 1 || encoded > 15 || encoded > size - at) std::abort();
  }
  return 0;
}
