#pragma once
#include <elf.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace bytepath::tests {

inline constexpr std::uint64_t small_elf_code = 0x1000;  // where its code is, as linked

// An ELF file with one segment of code and no section headers: what a stripped program may be.
inline std::vector<std::uint8_t> small_elf(const std::vector<std::uint8_t>& code,
                                           std::uint8_t elf_class = ELFCLASS64,
                                           std::uint16_t machine = EM_X86_64) {
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = elf_class;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_DYN;
  header.e_machine = machine;
  header.e_version = EV_CURRENT;
  header.e_phoff = sizeof header;
  header.e_ehsize = sizeof header;
  header.e_phentsize = sizeof(Elf64_Phdr);
  header.e_phnum = 1;
  const Elf64_Phdr segment{.p_type = PT_LOAD,
                           .p_flags = PF_R | PF_X,
                           .p_offset = small_elf_code,
                           .p_vaddr = small_elf_code,
                           .p_paddr = small_elf_code,
                           .p_filesz = code.size(),
                           .p_memsz = code.size(),
                           .p_align = 0x1000};
  std::vector<std::uint8_t> bytes(small_elf_code);
  std::memcpy(bytes.data(), &header, sizeof header);
  std::memcpy(bytes.data() + sizeof header, &segment, sizeof segment);
  bytes.insert(bytes.end(), code.begin(), code.end());
  return bytes;
}

inline std::string as_text(const std::vector<std::uint8_t>& bytes) {
  return {bytes.begin(), bytes.end()};
}

}  // namespace bytepath::tests
