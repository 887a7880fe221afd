#include "kernels/vector_support.h"

#include <cpuid.h>

namespace bytepath::kernels {
namespace {

constexpr std::uint32_t osxsave = 1U << 27;  // leaf 1 ECX
constexpr std::uint32_t avx = 1U << 28;      // leaf 1 ECX
constexpr std::uint32_t avx2 = 1U << 5;      // leaf 7 EBX
constexpr std::uint32_t avx512f = 1U << 16;  // leaf 7 EBX
constexpr std::uint64_t ymm_state = 0x6;     // XCR0: SSE and the upper halves of YMM
constexpr std::uint64_t zmm_state = 0xe6;    // and the mask registers and both parts of ZMM

std::uint64_t read_xcr0() {
  std::uint32_t low = 0;   // NOLINT(misc-const-correctness): written by the assembly
  std::uint32_t high = 0;  // NOLINT(misc-const-correctness)
  asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (std::uint64_t{high} << 32) | low;
}

std::string why_not(const VectorSupport& support, const char* flag, bool has_instructions,
                    std::uint64_t state) {
  if (!has_instructions) return std::string("this CPU has no ") + flag;
  if ((support.leaf_1_ecx & osxsave) == 0 || (support.xcr0 & state) != state)
    return std::string("the operating system does not save the registers of ") + flag + " (XCR0)";
  return "";
}

}  // namespace

VectorSupport vector_support() {
  VectorSupport support;
  unsigned eax = 0;
  unsigned ebx = 0;
  unsigned ecx = 0;
  unsigned edx = 0;
  if (__get_cpuid(1, &eax, &ebx, &ecx, &edx)) support.leaf_1_ecx = ecx;
  if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx)) support.leaf_7_ebx = ebx;
  if (support.leaf_1_ecx & osxsave) support.xcr0 = read_xcr0();
  return support;
}

std::string why_no_avx2(const VectorSupport& support) {
  const bool instructions = (support.leaf_1_ecx & avx) && (support.leaf_7_ebx & avx2);
  return why_not(support, "avx2", instructions, ymm_state);
}

std::string why_no_avx512(const VectorSupport& support) {
  const bool instructions = (support.leaf_1_ecx & avx) && (support.leaf_7_ebx & avx512f);
  return why_not(support, "avx512f", instructions, zmm_state);
}

}  // namespace bytepath::kernels
