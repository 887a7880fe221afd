#pragma once
#include <cstdint>
#include <initializer_list>
#include <string>

namespace bytepath::host {

// The characters that CPUID packs into registers, lowest byte first, up to the first NUL. What is
// not printable ASCII becomes '?', so that a dump cannot bring control characters to a terminal.
std::string register_text(std::initializer_list<std::uint32_t> registers);

}  // namespace bytepath::host
