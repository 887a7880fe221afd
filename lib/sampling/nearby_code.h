#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "code/disassembler.h"

// What stands around a hot instruction, for a reader: the loop that it is part of.
namespace bytepath::sampling {

struct CodeLine {
  std::uint64_t address = 0;
  std::string text;  // "(bad) 0f 01" where it is not known
};

// How to read code, and how to call what a jump or call goes to ("memcpy"; empty: not known).
struct CodeSource {
  std::function<bool(std::uint64_t address, std::span<std::uint8_t> bytes)> read;
  std::function<std::string(std::uint64_t address)> name;
};

// Of the architecture (Intel SDM volume 2, 2.3.11).
inline constexpr std::size_t longest_instruction = 15;
using InstructionBytes = std::array<std::uint8_t, longest_instruction>;

// As many bytes as can be read there, which are put into `bytes`: at the end of a file or a page
// there are fewer.
std::span<const std::uint8_t> read_instruction(const CodeSource& source, std::uint64_t address,
                                               InstructionBytes& bytes);

// The instruction at the address as a reader wants it: what a jump goes to within the function is
// told as an offset ("jne +0x20"), what a call goes to by its name. bytes: its own at least.
CodeLine code_line(code::Disassembler& disassembler, const CodeSource& source,
                   std::uint64_t function, std::uint64_t address,
                   std::span<const std::uint8_t> bytes);

// Up to three instructions before and three behind `address`, which lies in the function that
// begins at `function`; what is before is told only when decoding from that beginning meets the
// address. function 0: not known.
std::vector<CodeLine> nearby_code(code::Disassembler& disassembler, const CodeSource& source,
                                  std::uint64_t function, std::uint64_t address);

}  // namespace bytepath::sampling
