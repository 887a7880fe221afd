#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace bytepath::code {

// What an instruction means to someone who asks how bytes are copied.
enum class Operation {
  other,
  string_copy,         // movsb/w/d/q, with or without rep
  string_fill,         // stosb/w/d/q, with or without rep
  jump,                // target is empty for an indirect one
  conditional_jump,    //
  call,                // target is empty for an indirect one
  end,                 // ret, ud2, int3, hlt: nothing is executed behind it
  compare,             // cmp
  test,                // test
  move,                // mov and its relatives that leave the flags alone
  non_temporal_store,  // movnti, movntdq and their relatives
  user_access_begin,   // stac
  user_access_end,     // clac
  backward_begin,      // std: string instructions go downwards
  backward_end,        // cld
  zero_upper,          // vzeroupper, vzeroall
  transaction_test,    // xtest
};

// Unsigned comparisons are what sizes need; the others are not told apart.
enum class Condition { other, above, above_or_equal, below, below_or_equal };

enum class VectorWidth { none, xmm, ymm, zmm };

constexpr std::size_t bytes_of(VectorWidth width) {
  switch (width) {
    case VectorWidth::none:
      return 0;
    case VectorWidth::xmm:
      return 16;
    case VectorWidth::ymm:
      return 32;
    case VectorWidth::zmm:
      return 64;
  }
  return 0;
}

// A memory operand [rip + displacement]: a variable at a fixed place in the image.
struct Variable {
  std::uint64_t address = 0;
  std::uint8_t bytes = 0;
};

struct Instruction {
  std::uint64_t address = 0;
  std::uint8_t size = 1;  // 1..15
  bool decoded = false;   // false: size comes from the encoding rules, the rest is not known
  Operation operation = Operation::other;
  Condition condition = Condition::other;
  bool repeated = false;           // rep before a string instruction
  std::uint8_t element_bytes = 0;  // of a string instruction: 1, 2, 4, 8
  VectorWidth width = VectorWidth::none;
  bool high_vector_register = false;    // xmm16..31: needs EVEX
  std::optional<std::uint64_t> target;  // of a direct jump or call
  std::optional<Variable> variable;
  bool variable_first = false;        // cmp [rip+x], register
  std::uint16_t first_register = 0;   // of a register operand, 0 when it is none; the numbers mean
  std::uint16_t second_register = 0;  // only equality
  std::string text;                   // "rep movsb", "cmp rdx, qword ptr [rip + 0x80891]"
};

inline bool is_rep_movsb(const Instruction& instruction) {
  return instruction.operation == Operation::string_copy && instruction.repeated &&
         instruction.element_bytes == 1;
}

}  // namespace bytepath::code
