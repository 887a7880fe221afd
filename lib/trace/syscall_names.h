#pragma once
#include <cstdint>
#include <string>

namespace bytepath::trace {

// Of a number of x86-64; "syscall_463" for one that is newer than the kernel's <asm/unistd_64.h>
// that this was built with, and "others" for BYTEPATH_OTHER_SYSCALLS.
std::string syscall_name(std::uint32_t number);

// Whether a positive result is a number of bytes that were moved, as that of read(2) is.
bool moves_bytes(std::uint32_t number);

}  // namespace bytepath::trace
