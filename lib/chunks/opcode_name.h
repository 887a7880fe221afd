#pragma once
#include <cstdint>
#include <string>

namespace bytepath::chunks {

// "READ", as linux/fuse.h calls it; "opcode 99" where it does not.
std::string opcode_name(std::uint32_t opcode);

}  // namespace bytepath::chunks
