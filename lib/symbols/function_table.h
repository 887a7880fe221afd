#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "code/elf_file.h"

namespace bytepath::symbols {

// Addresses as linked; end is not part of it.
struct AddressRange {
  std::uint64_t start = 0;
  std::uint64_t end = 0;
};

struct Function {
  AddressRange range;
  std::string name;  // as the symbol table has it, without the version
};

// Which function an address of an image belongs to.
class FunctionTable {
 public:
  FunctionTable() = default;

  // code: where the image has code; frames: where its functions begin and end by its unwind tables
  // (frame_ranges.h), sorted; either may be empty. A symbol with a size covers just that. One
  // without reaches to its end by the unwind tables, and else to the next function or the end of
  // the code.
  FunctionTable(std::vector<code::Symbol> symbols, std::span<const AddressRange> code,
                std::span<const AddressRange> frames);

  // nullptr: no function is known to be there. The innermost one where they overlap. Of several
  // names for one address: that with a size, with fewer leading underscores, the longer one, the
  // first by alphabet; so that names are those of the callers (write, not __GI___libc_write) and do
  // not depend on the order of the table.
  const Function* find(std::uint64_t address) const;

  bool empty() const { return functions_.empty(); }

 private:
  std::vector<Function> functions_;   // by start, no two alike
  std::vector<std::uint64_t> reach_;  // the last end of all up to this one
};

// The range that an address lies in, of ranges sorted by start that do not overlap; nullptr: none.
const AddressRange* range_at(std::span<const AddressRange> ranges, std::uint64_t address);

}  // namespace bytepath::symbols
