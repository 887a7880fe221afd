#include "kernels/copy/vector_loop.h"
#include "kernels/kernel.h"
#include "kernels/vector_support.h"

namespace bytepath::kernels {
namespace {

struct Avx512 {
  static constexpr std::size_t width = 64;

  static void move_four(std::byte* to, const std::byte* from) {
    asm volatile(
        "vmovdqu64 (%[from]), %%zmm0\n\t"
        "vmovdqu64 64(%[from]), %%zmm1\n\t"
        "vmovdqu64 128(%[from]), %%zmm2\n\t"
        "vmovdqu64 192(%[from]), %%zmm3\n\t"
        "vmovdqu64 %%zmm0, (%[to])\n\t"
        "vmovdqu64 %%zmm1, 64(%[to])\n\t"
        "vmovdqu64 %%zmm2, 128(%[to])\n\t"
        "vmovdqu64 %%zmm3, 192(%[to])"
        :
        : [to] "r"(to), [from] "r"(from)
        : "xmm0", "xmm1", "xmm2", "xmm3", "memory");
  }

  static void move_one(std::byte* to, const std::byte* from) {
    asm volatile("vmovdqu64 (%[from]), %%zmm0\n\tvmovdqu64 %%zmm0, (%[to])"
                 :
                 : [to] "r"(to), [from] "r"(from)
                 : "xmm0", "memory");
  }

  // Dirty upper halves would slow every SSE instruction that follows.
  static void finish() { asm volatile("vzeroupper" : : : "xmm0", "xmm1", "xmm2", "xmm3"); }
};

}  // namespace

std::vector<Kernel> avx512() {
  return {{.name = "avx512",
           .family = Family::vector,
           .summary = "a loop of unaligned 512-bit loads and stores, four an iteration",
           .needs = "avx512f",
           .offset = "destination - source",
           .unavailable = why_no_avx512(vector_support()),
           .repeat = repeat<copy_vectors<Avx512>>}};
}

}  // namespace bytepath::kernels
