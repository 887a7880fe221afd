#include "code/disassembler.h"

#include <gtest/gtest.h>

#include "support/recorded_code.h"

namespace bytepath::code {
namespace {

using tests::bytes_of_hex;

Instruction decode(const std::string& hex, std::uint64_t address = 0x1000) {
  auto disassembler = Disassembler::create();
  EXPECT_TRUE(disassembler);
  return disassembler->decode(address, bytes_of_hex(hex));
}

TEST(Disassembler, KnowsTheStringInstructions) {
  const Instruction movsb = decode("f3a4");
  EXPECT_EQ(movsb.operation, Operation::string_copy);
  EXPECT_TRUE(movsb.repeated);
  EXPECT_EQ(movsb.element_bytes, 1);
  EXPECT_EQ(movsb.size, 2);
  EXPECT_TRUE(is_rep_movsb(movsb));
  EXPECT_EQ(decode("f348a5").element_bytes, 8);
  EXPECT_EQ(decode("f3a5").element_bytes, 4);
  EXPECT_EQ(decode("f3aa").operation, Operation::string_fill);
  EXPECT_FALSE(decode("a4").repeated);
}

TEST(Disassembler, TellsTheStringMovsdFromTheVectorOne) {
  EXPECT_EQ(decode("f20f1006").operation, Operation::other);  // movsd xmm0, [rsi]
  EXPECT_EQ(decode("f20f1006").width, VectorWidth::xmm);
}

TEST(Disassembler, GivesTheVariableOfAComparison) {
  const Instruction compare = decode("483b1591080800", 0x152b40);  // of glibc 2.36's memmove
  EXPECT_EQ(compare.operation, Operation::compare);
  ASSERT_TRUE(compare.variable);
  EXPECT_EQ(compare.variable->address, 0x1d33d8U);
  EXPECT_EQ(compare.variable->bytes, 8);
  EXPECT_FALSE(compare.variable_first);
  EXPECT_TRUE(decode("48391591080800").variable_first);
}

TEST(Disassembler, GivesTargetsAndConditionsOfJumps) {
  const Instruction above = decode("0f87f3010000", 0x152b47);
  EXPECT_EQ(above.operation, Operation::conditional_jump);
  EXPECT_EQ(above.condition, Condition::above);
  EXPECT_EQ(above.target, 0x152d40U);
  EXPECT_EQ(decode("7345").condition, Condition::above_or_equal);
  EXPECT_EQ(decode("7245").condition, Condition::below);
  EXPECT_EQ(decode("7645").condition, Condition::below_or_equal);
  EXPECT_EQ(decode("7445").condition, Condition::other);
  const Instruction indirect = decode("ffe0");
  EXPECT_EQ(indirect.operation, Operation::jump);
  EXPECT_FALSE(indirect.target);
  EXPECT_EQ(decode("e8fbffffff").operation, Operation::call);
  EXPECT_EQ(decode("e8fbffffff").target, 0x1000U);
  EXPECT_EQ(decode("c3").operation, Operation::end);
}

TEST(Disassembler, TellsVectorWidths) {
  EXPECT_EQ(decode("0f1006").width, VectorWidth::xmm);
  EXPECT_EQ(decode("c5fe6f06").width, VectorWidth::ymm);
  EXPECT_FALSE(decode("c5fe6f06").high_vector_register);
  const Instruction zmm16 = decode("62e1fe486f06");
  EXPECT_EQ(zmm16.width, VectorWidth::zmm);
  EXPECT_TRUE(zmm16.high_vector_register);
  EXPECT_EQ(zmm16.operation, Operation::move);
}

TEST(Disassembler, GoesOnBehindWhatItDoesNotKnow) {
  const Instruction vptestmb = decode("62b27d4026c990");  // vptestmb k1, zmm16, zmm17; nop
  EXPECT_FALSE(vptestmb.decoded);
  EXPECT_EQ(vptestmb.size, 6);
  EXPECT_EQ(vptestmb.text, "(bad)");
  EXPECT_EQ(vptestmb.operation, Operation::other);
}

struct Encoding {
  const char* hex;
  int size;
};

// Sizes by GNU as 2.40 for: kmovq k0,[rax]; vptestmb k1,zmm16,zmm17; vpcmpeqb k1,ymm16,[rsi+0x20];
// vpcmpub k1,zmm16,[rsi+rcx*8+0x40],1; movdiri [rdi],eax; serialize; clzero; wrpkru;
// movdir64b rax,[rip+0x12345678]; vpdpbusd xmm1,xmm2,[rbp+0x100].
class EncodingSize : public testing::TestWithParam<Encoding> {};

TEST_P(EncodingSize, IsThatOfTheAssembler) {
  std::vector<std::uint8_t> bytes = bytes_of_hex(GetParam().hex);
  bytes.resize(15, 0x90);
  EXPECT_EQ(size_by_encoding(bytes), GetParam().size);
}

INSTANTIATE_TEST_SUITE_P(Maps, EncodingSize,
                         testing::Values(Encoding{"c4e1f89000", 5}, Encoding{"62b27d4026c9", 6},
                                         Encoding{"62f17d20744e01", 7},
                                         Encoding{"62f37d403e4cce0101", 9}, Encoding{"0f38f907", 4},
                                         Encoding{"0f01e8", 3}, Encoding{"0f01fc", 3},
                                         Encoding{"0f01ef", 3}, Encoding{"660f38f80578563412", 9},
                                         Encoding{"c4e269508d00010000", 9}, Encoding{"06", 1}));

TEST(EncodingSizeOfFewBytes, StaysInside) {
  for (const char* hex : {"c4", "c5", "62", "0f", "0f38", "62f17d", "66", "c5fe"}) {
    const auto bytes = bytes_of_hex(hex);
    EXPECT_GE(size_by_encoding(bytes), 1) << hex;
    EXPECT_LE(size_by_encoding(bytes), bytes.size()) << hex;
  }
}

}  // namespace
}  // namespace bytepath::code
