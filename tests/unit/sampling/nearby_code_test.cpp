#include "sampling/nearby_code.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/recorded_code.h"

namespace bytepath::sampling {
namespace {

constexpr std::uint64_t begin = 0x1000;
constexpr std::uint64_t callee = 0x4000;

// mov ecx, 9; loop: add eax, 1; nop; cmp rdi, rdx; jne loop; call 0x4000; ret; and another
// function's nop.
const std::string function =
    "b909000000"
    "83c001"
    "90"
    "4839d7"
    "75f7"
    "e8ed2f0000"
    "c3"
    "90";

std::vector<CodeLine> around(std::uint64_t address, std::uint64_t function_begin = begin) {
  auto disassembler = code::Disassembler::create();
  EXPECT_TRUE(disassembler);
  const auto bytes = tests::bytes_of_hex(function);
  const CodeSource source{
      .read =
          [&](std::uint64_t from, std::span<std::uint8_t> into) {
            if (from < begin || from - begin + into.size() > bytes.size()) return false;
            std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(from - begin), into.size(),
                        into.begin());
            return true;
          },
      .name = [](std::uint64_t target) { return target == callee ? "callee" : ""; }};
  return nearby_code(*disassembler, source, function_begin, address);
}

std::vector<std::string> texts(const std::vector<CodeLine>& lines) {
  std::vector<std::string> out;
  for (const auto& line : lines) out.push_back(line.text);
  return out;
}

using Texts = std::vector<std::string>;

TEST(NearbyCode, IsThreeInstructionsOnEachSide) {
  const auto lines = around(begin + 9);
  EXPECT_EQ(texts(lines),
            (Texts{"mov ecx, 9", "add eax, 1", "nop", "jne +0x5", "call callee", "ret"}));
  EXPECT_EQ(lines.front().address, begin);
  EXPECT_EQ(lines.back().address, begin + 19);
}

TEST(NearbyCode, EndsWithTheFunction) {
  EXPECT_EQ(texts(around(begin + 14)), (Texts{"nop", "cmp rdi, rdx", "jne +0x5", "ret"}));
  EXPECT_EQ(texts(around(begin)), (Texts{"add eax, 1", "nop", "cmp rdi, rdx"}));
}

TEST(NearbyCode, ClaimsNothingBeforeAnAddressThatDecodingDoesNotMeet) {
  EXPECT_EQ(texts(around(begin + 9, 0)), (Texts{"jne 0x1005", "call callee", "ret"}));
  // In the middle of the add begins another instruction, with the nop as its last byte.
  EXPECT_EQ(texts(around(begin + 6)).front(), "cmp rdi, rdx");
}

TEST(NearbyCode, IsNothingWhereNothingCanBeRead) {
  EXPECT_TRUE(around(0x9000).empty());
  EXPECT_TRUE(around(0x9000, 0x8f00).empty());
}

}  // namespace
}  // namespace bytepath::sampling
