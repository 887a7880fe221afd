#include "code/copy_walk.h"

#include <gtest/gtest.h>

#include "support/recorded_code.h"

namespace bytepath::code {
namespace {

using tests::RecordedCode;

// The variables of glibc 2.36-9+deb12u14, from the symbols of its debug file.
constexpr std::uint64_t rep_movsb_threshold = 0x1d33d8;
constexpr std::uint64_t rep_movsb_stop_threshold = 0x1da548;
constexpr std::uint64_t non_temporal_threshold = 0x1da550;
constexpr std::uint64_t rep_stosb_threshold = 0x1d33d0;
constexpr std::uint64_t string_control = 0x1da540;

CopyWalk walk(const RecordedCode& code, const WalkLimits& limits = {}) {
  auto disassembler = Disassembler::create();
  EXPECT_TRUE(disassembler);
  return walk_copy_function(*disassembler, code.source(), code.entry, limits);
}

std::uint64_t variable_of(const CopyWalk& walk, Role role) {
  const VariableUse* use = walk.find(role);
  return use == nullptr ? 0 : use->variable.address;
}

struct ErmsVariant {
  const char* name;
  VectorWidth width;
  bool transaction_test;
};

class MemmoveWithErms : public testing::TestWithParam<ErmsVariant> {};

TEST_P(MemmoveWithErms, ShowsItsThresholdsByTheirRole) {
  const CopyWalk found = walk(RecordedCode::load(GetParam().name));
  EXPECT_TRUE(found.complete);
  EXPECT_EQ(variable_of(found, Role::rep_movsb_threshold), rep_movsb_threshold);
  EXPECT_EQ(variable_of(found, Role::rep_movsb_stop_threshold), rep_movsb_stop_threshold);
  EXPECT_EQ(variable_of(found, Role::non_temporal_threshold), non_temporal_threshold);
  // The SSE2 variant moves rep movsb's whole copy without aligning and tests nothing before it.
  EXPECT_EQ(variable_of(found, Role::string_control),
            GetParam().width == VectorWidth::xmm ? 0 : string_control);
  EXPECT_EQ(found.find(Role::rep_stosb_threshold), nullptr);
  EXPECT_FALSE(found.find(Role::rep_movsb_threshold)->equal_is_larger);
  EXPECT_TRUE(found.find(Role::rep_movsb_stop_threshold)->equal_is_larger);
  EXPECT_TRUE(found.has(Operation::string_copy, 1));
  EXPECT_EQ(found.width, GetParam().width);
  EXPECT_EQ(found.transaction_test, GetParam().transaction_test);
  EXPECT_TRUE(found.non_temporal_stores);
}

INSTANTIATE_TEST_SUITE_P(
    Glibc236, MemmoveWithErms,
    testing::Values(
        ErmsVariant{"glibc-2.36-memmove_avx_unaligned_erms", VectorWidth::ymm, false},
        ErmsVariant{"glibc-2.36-mempcpy_avx_unaligned_erms", VectorWidth::ymm, false},
        ErmsVariant{"glibc-2.36-memmove_avx_unaligned_erms_rtm", VectorWidth::ymm, true},
        ErmsVariant{"glibc-2.36-memmove_evex_unaligned_erms", VectorWidth::ymm, false},
        ErmsVariant{"glibc-2.36-memmove_avx512_unaligned_erms", VectorWidth::zmm, false},
        ErmsVariant{"glibc-2.36-memmove_sse2_unaligned_erms", VectorWidth::xmm, false}),
    [](const auto& row) { return std::string(row.param.name).substr(11); });

TEST(MemmoveWithErms, ListsTheAddressesOfRepMovsb) {
  const CopyWalk found = walk(RecordedCode::load("glibc-2.36-memmove_avx_unaligned_erms"));
  ASSERT_EQ(found.string_instructions.size(), 2U);
  EXPECT_EQ(found.string_instructions[0].address, 0x152d24U);
  EXPECT_EQ(found.string_instructions[1].address, 0x152d8aU);
}

TEST(MemmoveWithErms, UsesHighRegistersOnlyWithEvex) {
  EXPECT_TRUE(
      walk(RecordedCode::load("glibc-2.36-memmove_evex_unaligned_erms")).high_vector_registers);
  EXPECT_FALSE(
      walk(RecordedCode::load("glibc-2.36-memmove_avx_unaligned_erms")).high_vector_registers);
}

TEST(MemmoveWithoutErms, HasOnlyTheNonTemporalThreshold) {
  struct Row {
    const char* name;
    std::uint64_t variable;
  };
  // The older AVX-512 variant compares with half of the shared cache instead.
  constexpr std::uint64_t shared_cache_size_half = 0x1d33e8;
  for (const Row& row : {Row{"glibc-2.36-memmove_avx_unaligned", non_temporal_threshold},
                         Row{"glibc-2.36-memmove_avx512_no_vzeroupper", shared_cache_size_half}}) {
    const CopyWalk found = walk(RecordedCode::load(row.name));
    EXPECT_TRUE(found.string_instructions.empty()) << row.name;
    EXPECT_EQ(variable_of(found, Role::non_temporal_threshold), row.variable) << row.name;
    EXPECT_EQ(found.find(Role::rep_movsb_threshold), nullptr) << row.name;
    EXPECT_EQ(found.find(Role::rep_movsb_stop_threshold), nullptr) << row.name;
  }
}

TEST(MemmoveErms, IsRepMovsbWithoutAnyThreshold) {
  const CopyWalk found = walk(RecordedCode::load("glibc-2.36-memmove_erms"));
  EXPECT_TRUE(found.has(Operation::string_copy, 1));
  EXPECT_TRUE(found.variables.empty());
  EXPECT_EQ(found.width, VectorWidth::none);
}

TEST(MemmoveSsse3, SaysThatAJumpTableWasNotFollowed) {
  EXPECT_GT(walk(RecordedCode::load("glibc-2.36-memmove_ssse3")).indirect_jumps, 0U);
}

TEST(Memset, ShowsItsRepStosbThreshold) {
  for (const char* name :
       {"glibc-2.36-memset_avx2_unaligned_erms", "glibc-2.36-memset_avx512_unaligned_erms"}) {
    const CopyWalk found = walk(RecordedCode::load(name));
    EXPECT_EQ(variable_of(found, Role::rep_stosb_threshold), rep_stosb_threshold) << name;
    EXPECT_TRUE(found.has(Operation::string_fill, 1)) << name;
    EXPECT_EQ(found.variables.size(), 1U) << name;
  }
  EXPECT_TRUE(walk(RecordedCode::load("glibc-2.36-memset_avx2_unaligned")).variables.empty());
  EXPECT_TRUE(walk(RecordedCode::load("glibc-2.36-memset_erms")).has(Operation::string_fill, 1));
}

TEST(Musl, CopiesWithRepMovsq) {
  const CopyWalk found = walk(RecordedCode::load("musl-1.2.3-memcpy"));
  EXPECT_TRUE(found.has(Operation::string_copy, 8));
  EXPECT_FALSE(found.has(Operation::string_copy, 1));
  EXPECT_TRUE(found.variables.empty());
  EXPECT_EQ(found.instructions, 18U);
}

// mov r11,[rip+0xff9]; cmp r11,rdx; jb big; ret; big: rep movsb; ret - at 0x1000.
TEST(CopyWalk, FollowsALoadedVariableAndReversedOperands) {
  const CopyWalk found = walk(RecordedCode::assembled(0x1000,
                                                      "4c8b1df90f0000"
                                                      "4939d3"
                                                      "7201"
                                                      "c3"
                                                      "f3a4c3"));
  EXPECT_EQ(variable_of(found, Role::rep_movsb_threshold), 0x2000U);
  EXPECT_FALSE(found.find(Role::rep_movsb_threshold)->equal_is_larger);
}

// glibc 2.32 has no stop variable of its own: cmp rdx,[nt]; jae behind the rep movsb threshold.
// cmp rdx,[0x2000]; ja L; ret; L: cmp rdx,[0x2008]; jae M; rep movsb; ret; M: movntdq; ret
TEST(CopyWalk, TakesTheNonTemporalThresholdAsStopWhenItIsThatInTheCode) {
  const CopyWalk found = walk(RecordedCode::assembled(0x1000,
                                                      "483b15f90f0000"
                                                      "7701"
                                                      "c3"
                                                      "483b15f70f0000"
                                                      "7303"
                                                      "f3a4c3"
                                                      "660fe707c3"));
  EXPECT_EQ(variable_of(found, Role::rep_movsb_threshold), 0x2000U);
  EXPECT_EQ(variable_of(found, Role::rep_movsb_stop_threshold), 0x2008U);
}

// musl's memmove copies overlaps with std; rep movsb; cld, the rest as its memcpy.
TEST(Musl, GoesBackwardOnlyForOverlaps) {
  const CopyWalk found = walk(RecordedCode::load("musl-1.2.3-memmove"));
  EXPECT_TRUE(found.has(Operation::string_copy, 8));
  EXPECT_FALSE(found.has(Operation::string_copy, 1));
  EXPECT_EQ(found.string_instructions.size(), 2U);
}

TEST(CopyWalk, SeesUserAccess) {
  // rep movsb; stac; mov rcx,rdx; rep movsb; clac; rep movsb; ret
  const CopyWalk found = walk(RecordedCode::assembled(0x1000,
                                                      "f3a4"
                                                      "0f01cb"
                                                      "4889d1"
                                                      "f3a4"
                                                      "0f01ca"
                                                      "f3a4"
                                                      "c3"));
  ASSERT_EQ(found.string_instructions.size(), 3U);
  EXPECT_FALSE(found.string_instructions[0].user_access);
  EXPECT_TRUE(found.string_instructions[1].user_access);
  EXPECT_FALSE(found.string_instructions[2].user_access);
}

TEST(CopyWalk, GoesOnBehindAnUndecodableInstruction) {
  const CopyWalk found = walk(RecordedCode::assembled(0x1000,
                                                      "62b27d4026c9"
                                                      "f3a4"
                                                      "c3"));
  EXPECT_EQ(found.undecoded, 1U);
  EXPECT_TRUE(found.has(Operation::string_copy, 1));
}

TEST(CopyWalk, EndsAtItsLimitAndAtUnreadableBytes) {
  const RecordedCode loop = RecordedCode::assembled(0x1000,
                                                    "90909090"
                                                    "ebfa");
  EXPECT_TRUE(walk(loop).complete);
  EXPECT_FALSE(walk(loop, {.instructions = 3}).complete);
  EXPECT_FALSE(walk(RecordedCode::assembled(0x1000, "9090")).complete);
  const CopyWalk nothing = walk(RecordedCode{});
  EXPECT_FALSE(nothing.complete);
  EXPECT_EQ(nothing.instructions, 0U);
}

TEST(CopyWalk, StaysInItsLimits) {
  // jmp +2 leaves [0x1000, 0x1004)
  const RecordedCode code = RecordedCode::assembled(0x1000,
                                                    "eb029090"
                                                    "f3a4c3");
  EXPECT_TRUE(walk(code, {.first = 0x1000, .last = 0x1004}).string_instructions.empty());
  EXPECT_EQ(walk(code).string_instructions.size(), 1U);
}

TEST(ReadUnsigned, IsLittleEndianAndBounded) {
  RecordedCode memory;
  memory.put_variable(0x10, 0x0807060504030201);
  EXPECT_EQ(read_unsigned(memory.source(), 0x10, 8), 0x0807060504030201U);
  EXPECT_EQ(read_unsigned(memory.source(), 0x10, 2), 0x0201U);
  EXPECT_FALSE(read_unsigned(memory.source(), 0x14, 8));
  EXPECT_FALSE(read_unsigned(memory.source(), 0x10, 9));
}

}  // namespace
}  // namespace bytepath::code
