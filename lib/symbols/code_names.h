#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "code/elf_file.h"
#include "symbols/function_table.h"

namespace bytepath::symbols {

// Names for the copy routines of a file that has no symbols for them: a stripped libc.
class CodeNames {
 public:
  struct Name {
    std::string text;
    bool by_code = false;  // a description of what the code does
  };

  // range: of one function, by the unwind tables. From glibc's own list when this process has the
  // same libc; else "copy_avx512_erms" when the code has rep movs and is told to be a copy routine
  // by what it compares with (host::is_copy_not_fill), or, in a file named as a libc, by calling
  // nothing. nullptr: neither.
  const Name* find(const code::ElfFile& file, const std::string& path, const AddressRange& range);

 private:
  std::map<std::uint64_t, std::optional<Name>> known_;  // by where the function begins
};

}  // namespace bytepath::symbols
