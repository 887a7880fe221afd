#include "kernels/copy/vector_loop.h"
#include "kernels/kernel.h"

namespace bytepath::kernels {
namespace {

struct Sse2 {
  static constexpr std::size_t width = 16;

  static void move_four(std::byte* to, const std::byte* from) {
    asm volatile(
        "movdqu (%[from]), %%xmm0\n\t"
        "movdqu 16(%[from]), %%xmm1\n\t"
        "movdqu 32(%[from]), %%xmm2\n\t"
        "movdqu 48(%[from]), %%xmm3\n\t"
        "movdqu %%xmm0, (%[to])\n\t"
        "movdqu %%xmm1, 16(%[to])\n\t"
        "movdqu %%xmm2, 32(%[to])\n\t"
        "movdqu %%xmm3, 48(%[to])"
        :
        : [to] "r"(to), [from] "r"(from)
        : "xmm0", "xmm1", "xmm2", "xmm3", "memory");
  }

  static void move_one(std::byte* to, const std::byte* from) {
    asm volatile("movdqu (%[from]), %%xmm0\n\tmovdqu %%xmm0, (%[to])"
                 :
                 : [to] "r"(to), [from] "r"(from)
                 : "xmm0", "memory");
  }

  static void finish() {}
};

}  // namespace

std::vector<Kernel> sse2() {
  return {{.name = "sse2",
           .family = Family::vector,
           .summary = "a loop of unaligned 128-bit loads and stores, four an iteration",
           .needs = "sse2",
           .offset = "destination - source",
           .repeat = repeat<copy_vectors<Sse2>>}};
}

}  // namespace bytepath::kernels
