#pragma once
#include <cstdint>
#include <string>

namespace bytepath::kernels {

// What decides whether vector registers can be used: the instructions are there (CPUID) and the
// operating system saves the registers (XCR0). Bits: Intel SDM volume 2A, CPUID, and volume 1,
// 13.3 "Enabling the XSAVE feature set".
struct VectorSupport {
  std::uint32_t leaf_1_ecx = 0;
  std::uint32_t leaf_7_ebx = 0;
  std::uint64_t xcr0 = 0;  // 0 when the operating system does not use XSAVE
};

// Of the CPU this runs on.
VectorSupport vector_support();

// Empty when it can be used.
std::string why_no_avx2(const VectorSupport& support);
std::string why_no_avx512(const VectorSupport& support);

}  // namespace bytepath::kernels
