#include <algorithm>
#include <cstdint>

#include "kernels/copy/move_bytes.h"
#include "kernels/kernel.h"

namespace bytepath::kernels {
namespace {

constexpr std::size_t width = 16;

void stream_four(std::byte* to, const std::byte* from) {
  asm volatile(
      "movdqu (%[from]), %%xmm0\n\t"
      "movdqu 16(%[from]), %%xmm1\n\t"
      "movdqu 32(%[from]), %%xmm2\n\t"
      "movdqu 48(%[from]), %%xmm3\n\t"
      "movntdq %%xmm0, (%[to])\n\t"
      "movntdq %%xmm1, 16(%[to])\n\t"
      "movntdq %%xmm2, 32(%[to])\n\t"
      "movntdq %%xmm3, 48(%[to])"
      :
      : [to] "r"(to), [from] "r"(from)
      : "xmm0", "xmm1", "xmm2", "xmm3", "memory");
}

// MOVNTDQ demands an aligned destination, so the bytes before and after go one by one.
void copy(void* destination, const void* source, std::size_t size) {
  auto* to = static_cast<std::byte*>(destination);
  const auto* from = static_cast<const std::byte*>(source);
  const std::size_t misaligned = reinterpret_cast<std::uintptr_t>(to) % width;
  const std::size_t head = std::min(size, (width - misaligned) % width);
  move_bytes(to, from, head);
  to += head;
  from += head;
  std::size_t left = size - head;
  for (; left >= 4 * width; left -= 4 * width, to += 4 * width, from += 4 * width)
    stream_four(to, from);
  move_bytes(to, from, left);
  // Streaming stores are weakly ordered; a copy is not over until they are visible.
  asm volatile("sfence" : : : "memory");
}

}  // namespace

std::vector<Kernel> non_temporal() {
  return {{.name = "non-temporal",
           .family = Family::vector,
           .summary = "a loop of 128-bit streaming stores (MOVNTDQ) and one SFENCE",
           .needs = "sse2",
           .offset = "destination - source",
           .repeat = repeat<copy>}};
}

}  // namespace bytepath::kernels
