#include "code/mask_instruction.h"

#include <gtest/gtest.h>

#include "code/disassembler.h"
#include "support/recorded_code.h"

namespace bytepath::code {
namespace {

using tests::bytes_of_hex;

struct Assembled {
  const char* hex;
  const char* text;
};

// By GNU as and objdump 2.40.
constexpr Assembled assembled[] = {
    {"c5fb93c0", "kmovd eax, k0"},      {"c57b93cf", "kmovd r9d, k7"},
    {"c461fb93d2", "kmovq r10, k2"},    {"c4e1fb93c3", "kmovq rax, k3"},
    {"c5f993f1", "kmovb esi, k1"},      {"c5f893ec", "kmovw ebp, k4"},
    {"c5fb92c8", "kmovd k1, eax"},      {"c4c1fb92eb", "kmovq k5, r11"},
    {"c4c17892c8", "kmovw k1, r8d"},    {"c5f992d7", "kmovb k2, edi"},
    {"c4e1f998c9", "kortestd k1, k1"},  {"c4e1f898c1", "kortestq k0, k1"},
    {"c5f898d3", "kortestw k2, k3"},    {"c5f998d3", "kortestb k2, k3"},
    {"c4e1f999c8", "ktestd k1, k0"},    {"c5f999ca", "ktestb k1, k2"},
    {"c4e1f944ca", "knotd k1, k2"},     {"c5f844ca", "knotw k1, k2"},
    {"c4e1ed45cb", "kord k1, k2, k3"},  {"c5cc46fd", "kxnorw k7, k6, k5"},
    {"c4e1f441c8", "kandq k1, k1, k0"}, {"c5ed42cb", "kandnb k1, k2, k3"},
    {"c4e1d447e6", "kxorq k4, k5, k6"}, {"c4e1ed4acb", "kaddd k1, k2, k3"},
    {"c5f890ca", "kmovw k1, k2"},       {"c4e1f890f7", "kmovq k6, k7"},
};

TEST(MaskInstruction, IsThatOfTheAssembler) {
  for (const auto& [hex, text] : assembled) EXPECT_EQ(mask_instruction(bytes_of_hex(hex)), text);
}

TEST(MaskInstruction, IsNothingElse) {
  for (const char* hex : {"", "c5", "c5fb", "c5fb93", "c4e1fb92", "f3a4c090",
                          "c5f99008",     // kmovb k1, [rax]
                          "c5ed4bcb",     // kunpckbw k1, k2, k3
                          "c5fa93c0",     // kmov has no form with the prefix f3
                          "c4e1f993c0",   // nor a wide one with 66
                          "c5eb93c0",     // nor a second source
                          "c5ff93c0",     // nor one with L
                          "c57b92c8",     // kmovd k9, eax
                          "c5f945cb",     // kor has two sources
                          "c4e27b93c0"})  // another opcode map
    EXPECT_EQ(mask_instruction(bytes_of_hex(hex)), "") << hex;
}

TEST(MaskInstruction, IsWhatTheDisassemblerFallsBackTo) {
  auto disassembler = Disassembler::create();
  ASSERT_TRUE(disassembler);
  const Instruction kmovq = disassembler->decode(0x1000, bytes_of_hex("c4e1fb92c890"));
  EXPECT_TRUE(kmovq.decoded);
  EXPECT_EQ(kmovq.size, 5);
  EXPECT_EQ(kmovq.text, "kmovq k1, rax");
}

}  // namespace
}  // namespace bytepath::code
