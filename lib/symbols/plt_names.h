#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "code/elf_file.h"
#include "symbols/function_table.h"

namespace bytepath::symbols {

// Names for the entries of the procedure linkage table, by which a file calls what it does not have
// itself: no symbol table has them. Each entry jumps to where a slot leads, and the relocation of
// the slot has the name.
class PltNames {
 public:
  // "memcpy@plt" and the entry's range; "[plt]" for one whose slot has no name (the one that binds
  // the others when they are first called). Nothing for an address outside of .plt, .plt.sec and
  // .plt.got.
  std::optional<Function> find(const code::ElfFile& file, std::uint64_t linked);

 private:
  const std::map<std::uint64_t, std::string>& slots(const code::ElfFile& file);

  std::optional<std::map<std::uint64_t, std::string>> slots_;  // read when first asked for
};

}  // namespace bytepath::symbols
