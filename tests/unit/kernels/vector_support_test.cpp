#include "kernels/vector_support.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/kernels/memory.h"

namespace bytepath::kernels {
namespace {

using testing::HasSubstr;

// Leaf 1 ECX and leaf 7 EBX as the EPYC 7763 and the Xeon 8480 give them, cut to the bits that
// matter.
constexpr std::uint32_t osxsave_avx = 0x18000000;
constexpr VectorSupport zen3{.leaf_1_ecx = osxsave_avx, .leaf_7_ebx = 0x20, .xcr0 = 0x7};
constexpr VectorSupport sapphire{.leaf_1_ecx = osxsave_avx, .leaf_7_ebx = 0x10020, .xcr0 = 0xe7};

TEST(VectorSupport, TakesWhatCpuAndSystemHave) {
  EXPECT_EQ(why_no_avx2(zen3), "");
  EXPECT_EQ(why_no_avx2(sapphire), "");
  EXPECT_EQ(why_no_avx512(sapphire), "");
}

TEST(VectorSupport, NamesTheInstructionsThatTheCpuLacks) {
  EXPECT_EQ(why_no_avx512(zen3), "this CPU has no avx512f");
  EXPECT_EQ(why_no_avx2({.leaf_1_ecx = osxsave_avx, .leaf_7_ebx = 0, .xcr0 = 7}),
            "this CPU has no avx2");
  EXPECT_EQ(why_no_avx2({.leaf_1_ecx = 1U << 27, .leaf_7_ebx = 0x20, .xcr0 = 7}),
            "this CPU has no avx2");
  EXPECT_EQ(why_no_avx2({}), "this CPU has no avx2");
}

TEST(VectorSupport, NamesTheSystemThatDoesNotSaveTheRegisters) {
  VectorSupport off = sapphire;
  off.xcr0 = 0x7;
  EXPECT_EQ(why_no_avx2(off), "");
  EXPECT_THAT(why_no_avx512(off), HasSubstr("XCR0"));
  off.xcr0 = 0x3;
  EXPECT_THAT(why_no_avx2(off), HasSubstr("XCR0"));
  off = sapphire;
  off.leaf_1_ecx &= ~(1U << 27);  // XGETBV cannot even be asked
  EXPECT_THAT(why_no_avx512(off), HasSubstr("XCR0"));
}

TEST(VectorSupport, IsWhatTheCompilersRuntimeSays) {
  EXPECT_EQ(find("avx2").unavailable.empty(), __builtin_cpu_supports("avx2") != 0);
  EXPECT_EQ(find("avx512").unavailable.empty(), __builtin_cpu_supports("avx512f") != 0);
}

}  // namespace
}  // namespace bytepath::kernels
