#include "copies/deciding_jumps.h"

#include <gtest/gtest.h>

#include "support/recorded_code.h"

namespace bytepath::copies {
namespace {

using tests::RecordedCode;

std::vector<DecidingJump> jumps_of(const RecordedCode& code) {
  auto disassembler = code::Disassembler::create();
  EXPECT_TRUE(disassembler);
  const code::ByteSource bytes = code.source();
  auto jumps = deciding_jumps(*disassembler, bytes, code.entry);
  EXPECT_TRUE(jumps) << jumps.error().message;
  return jumps ? *jumps : std::vector<DecidingJump>{};
}

// What a person finds in the disassembly: je 16db01 behind the test of the string control, and,
// where that is set, the ja behind it that is not taken.
TEST(DecidingJumps, OfGlibcAreTheTwoBeforeRepMovsb) {
  const auto code = RecordedCode::load("glibc-2.36-memmove_avx512_unaligned_erms");
  const std::vector<DecidingJump> wanted = {
      {.address = 0x16db55, .condition = 4, .when_taken = true},
      {.address = 0x16db5a, .condition = 7, .when_taken = false}};
  EXPECT_EQ(jumps_of(code), wanted);
}

class WithErms : public testing::TestWithParam<const char*> {};

TEST_P(WithErms, HasSome) { EXPECT_FALSE(jumps_of(RecordedCode::load(GetParam())).empty()); }

INSTANTIATE_TEST_SUITE_P(Glibc236, WithErms,
                         testing::Values("glibc-2.36-memmove_avx_unaligned_erms",
                                         "glibc-2.36-mempcpy_avx_unaligned_erms",
                                         "glibc-2.36-memmove_avx_unaligned_erms_rtm",
                                         "glibc-2.36-memmove_evex_unaligned_erms",
                                         "glibc-2.36-memmove_sse2_unaligned_erms"));

class WithoutErms : public testing::TestWithParam<const char*> {};

TEST_P(WithoutErms, HasNone) { EXPECT_TRUE(jumps_of(RecordedCode::load(GetParam())).empty()); }

INSTANTIATE_TEST_SUITE_P(Recorded, WithoutErms,
                         testing::Values("glibc-2.36-memmove_avx_unaligned",
                                         "glibc-2.36-memmove_ssse3", "musl-1.2.3-memcpy"));

TEST(DecidingJumps, OneThatIsTakenOnTheWayToOneRepMovsbAndNotToAnother) {
  //    0: 74 03    je 5      both ways copy: it decides nothing
  //    2: f3 a4 c3 rep movsb; ret
  //    5: f3 a4 c3 rep movsb; ret
  EXPECT_TRUE(jumps_of(RecordedCode::assembled(0x100, "7403f3a4c3f3a4c3")).empty());
}

TEST(DecidingJumps, InTheLongForm) {
  // 0: 0f 82 01 00 00 00 jb 7;  6: c3 ret;  7: f3 a4 c3 rep movsb; ret
  const std::vector<DecidingJump> wanted = {{.address = 0x100, .condition = 2, .when_taken = true}};
  EXPECT_EQ(jumps_of(RecordedCode::assembled(0x100, "0f8201000000c3f3a4c3")), wanted);
}

TEST(DecidingJumps, NotBehindACallWhichMayChangeTheRegisters) {
  // 0: 74 07 je 9;  2: e8 00 00 00 00 call 7;  7: f3 a4 rep movsb;  9: c3 ret
  EXPECT_TRUE(jumps_of(RecordedCode::assembled(0x100, "7407e800000000f3a4c3")).empty());
}

TEST(DecidingJumps, RefuseAnotherWayIn) {
  // 0: e3 01 jrcxz 3;  2: c3 ret;  3: f3 a4 c3 rep movsb; ret
  auto disassembler = code::Disassembler::create();
  ASSERT_TRUE(disassembler);
  const auto code = RecordedCode::assembled(0x100, "e301c3f3a4c3");
  const code::ByteSource bytes = code.source();
  const auto jumps = deciding_jumps(*disassembler, bytes, code.entry);
  // A disassembler that does not call it a conditional jump sees no way in at all.
  if (jumps)
    EXPECT_TRUE(jumps->empty());
  else
    EXPECT_EQ(jumps.error().kind, ErrorKind::unsupported);
}

}  // namespace
}  // namespace bytepath::copies
