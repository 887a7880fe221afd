#pragma once
#include <cstddef>

namespace bytepath::kernels {

// One byte an iteration. In assembly, because a loop in C++ is for the compiler to unroll, to
// vectorise or to replace with a call of memcpy.
inline void move_bytes(std::byte* to, const std::byte* from, std::size_t size) {
  if (size == 0) return;
  asm volatile(
      ".p2align 6\n"  // the loop's speed must not hang on where the linker puts it
      "1:\n\t"
      "movzbl (%[from]), %%eax\n\t"
      "movb %%al, (%[to])\n\t"
      "incq %[from]\n\t"
      "incq %[to]\n\t"
      "decq %[size]\n\t"
      "jnz 1b"
      : [to] "+r"(to), [from] "+r"(from), [size] "+r"(size)
      :
      : "eax", "memory", "cc");
}

}  // namespace bytepath::kernels
