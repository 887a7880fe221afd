#include <array>
#include <cstdlib>

#include "code/elf_file.h"

// Everything that a file can be asked; what comes back has to stay within its limits.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file = bytepath::code::ElfFile::from_bytes({data, data + size}, "fuzz");
  if (!file) return 0;
  for (const auto& symbol : file->symbols())
    if (symbol.name.size() > size) std::abort();
  for (const auto& relocation : file->slot_relocations())
    if (relocation.symbol.size() > size) std::abort();
  std::array<std::uint8_t, 64> bytes{};
  for (const auto& segment : file->segments()) {
    (void)file->read(segment.address, bytes);
    (void)file->read(segment.address + segment.file_bytes - 1, bytes);
  }
  if (file->interpreter().size() > size || file->build_id().size() > 128) std::abort();
  return 0;
}
