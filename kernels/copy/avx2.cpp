#include "kernels/copy/vector_loop.h"
#include "kernels/kernel.h"
#include "kernels/vector_support.h"

namespace bytepath::kernels {
namespace {

struct Avx2 {
  static constexpr std::size_t width = 32;

  static void move_four(std::byte* to, const std::byte* from) {
    asm volatile(
        "vmovdqu (%[from]), %%ymm0\n\t"
        "vmovdqu 32(%[from]), %%ymm1\n\t"
        "vmovdqu 64(%[from]), %%ymm2\n\t"
        "vmovdqu 96(%[from]), %%ymm3\n\t"
        "vmovdqu %%ymm0, (%[to])\n\t"
        "vmovdqu %%ymm1, 32(%[to])\n\t"
        "vmovdqu %%ymm2, 64(%[to])\n\t"
        "vmovdqu %%ymm3, 96(%[to])"
        :
        : [to] "r"(to), [from] "r"(from)
        : "xmm0", "xmm1", "xmm2", "xmm3", "memory");
  }

  static void move_one(std::byte* to, const std::byte* from) {
    asm volatile("vmovdqu (%[from]), %%ymm0\n\tvmovdqu %%ymm0, (%[to])"
                 :
                 : [to] "r"(to), [from] "r"(from)
                 : "xmm0", "memory");
  }

  // Dirty upper halves would slow every SSE instruction that follows.
  static void finish() { asm volatile("vzeroupper" : : : "xmm0", "xmm1", "xmm2", "xmm3"); }
};

}  // namespace

std::vector<Kernel> avx2() {
  return {{.name = "avx2",
           .family = Family::vector,
           .summary = "a loop of unaligned 256-bit loads and stores, four an iteration",
           .needs = "avx2",
           .offset = "destination - source",
           .unavailable = why_no_avx2(vector_support()),
           .repeat = repeat<copy_vectors<Avx2>>}};
}

}  // namespace bytepath::kernels
