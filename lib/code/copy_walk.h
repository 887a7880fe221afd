#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "code/disassembler.h"
#include "code/instruction.h"

namespace bytepath::code {

// Fills the span with the bytes at address; false when not all of them can be read.
using ByteSource = std::function<bool(std::uint64_t address, std::span<std::uint8_t> bytes)>;

// Little-endian unsigned integer of 1, 2, 4 or 8 bytes.
std::optional<std::uint64_t> read_unsigned(const ByteSource& source, std::uint64_t address,
                                           std::size_t bytes);

// What a variable decides in a copy or fill function, told from the two blocks behind the
// comparison and never from its place: glibc's sysdeps/x86_64/multiarch/memmove-vec-unaligned-
// erms.S and memset-vec-unaligned-erms.S name them __x86_rep_movsb_threshold and so on.
enum class Role {
  rep_movsb_threshold,       // larger sizes lead to rep movsb, the others never do
  rep_movsb_stop_threshold,  // larger sizes leave the path that leads to rep movsb
  non_temporal_threshold,    // larger sizes lead to non-temporal stores, the others never do
  rep_stosb_threshold,       // larger sizes lead to rep stosb, the others never do
  string_control,            // tested on the path to rep movsb (Avoid_Short_Distance_REP_MOVSB)
};

struct VariableUse {
  Role role{};
  std::uint64_t compare_address = 0;
  Variable variable;
  // A size equal to the variable goes the way of the larger ones (jae, jb) or of the smaller (ja,
  // jbe).
  bool equal_is_larger = false;
};

struct StringInstruction {
  std::uint64_t address = 0;
  Operation operation{};           // string_copy or string_fill
  std::uint8_t element_bytes = 0;  // 1: movsb, 8: movsq
  // On the straight line before it:
  bool user_access = false;  // between stac and clac
  bool backward = false;     // between std and cld: the way of an overlapping memmove
};

struct CopyWalk {
  std::uint64_t start = 0;
  std::size_t instructions = 0;
  std::size_t undecoded = 0;       // sizes by the encoding rules, meaning not known
  bool complete = true;            // false: the limit was reached or bytes could not be read
  std::size_t indirect_jumps = 0;  // jump tables: the code behind them was not followed
  std::vector<StringInstruction> string_instructions;  // only those with rep, by address
  std::vector<VariableUse> variables;                  // by address of the comparison
  std::vector<std::uint64_t> calls;                    // targets of direct calls, by address
  VectorWidth width = VectorWidth::none;
  bool high_vector_registers = false;
  bool zero_upper = false;
  bool transaction_test = false;
  bool non_temporal_stores = false;

  // Whether it goes forward with such an instruction; a backward one is for overlaps only.
  bool has(Operation operation, std::uint8_t element_bytes) const;
  // The first use with this role, or null.
  const VariableUse* find(Role role) const;
};

struct WalkLimits {
  std::size_t instructions = 4096;  // the largest memmove of glibc has about 450
  // Only code in [first, last) is followed; jumps that leave it end their path.
  std::uint64_t first = 0;
  std::uint64_t last = ~std::uint64_t{0};
};

// Follows every direct jump from start, not the calls.
CopyWalk walk_copy_function(Disassembler& disassembler, const ByteSource& source,
                            std::uint64_t start, const WalkLimits& limits = {});

}  // namespace bytepath::code
