#pragma once
#include <capstone/capstone.h>

#include <cstdint>
#include <span>

#include "base/result.h"
#include "code/instruction.h"

namespace bytepath::code {

// One x86-64 instruction at a time. Not for two threads at once.
class Disassembler {
 public:
  static Result<Disassembler> create();

  Disassembler(Disassembler&& other) noexcept;
  Disassembler& operator=(Disassembler&& other) noexcept;
  ~Disassembler();

  // The instruction that begins at bytes[0], which lies at address. Never fails: what capstone does
  // not know (4.0.2: vector comparisons into a mask, movdiri, serialize and others), nor
  // mask_instruction(), comes back with decoded == false and the size that the encoding has, so
  // that a walk can go on behind it. bytes must not be empty; 15 of them are always enough.
  Instruction decode(std::uint64_t address, std::span<const std::uint8_t> bytes);

 private:
  Disassembler() = default;
  void close();

  csh handle_ = 0;
  cs_insn* scratch_ = nullptr;
};

// The size of an instruction from its prefixes, opcode map and ModRM byte (Intel SDM volume 2,
// chapter 2: VEX 2.3, EVEX 2.7; immediate by table 2-2 and appendix A). Covers the vector encodings
// and the two- and three-byte maps, which is where capstone has gaps; 1 for anything else. Never
// more than bytes.size().
std::uint8_t size_by_encoding(std::span<const std::uint8_t> bytes);

}  // namespace bytepath::code
