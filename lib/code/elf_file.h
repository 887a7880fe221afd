#pragma once
#include <libelf.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/descriptor.h"
#include "base/result.h"

namespace bytepath::code {

struct Symbol {
  std::string name;
  std::uint64_t address = 0;  // as linked: add the load bias
  std::uint64_t size = 0;
  bool function = false;
  bool indirect = false;  // STT_GNU_IFUNC: the address is that of the resolver
};

struct Segment {  // PT_LOAD
  std::uint64_t address = 0;
  std::uint64_t file_offset = 0;
  std::uint64_t file_bytes = 0;
  std::uint64_t memory_bytes = 0;
  bool executable = false;
};

struct Section {
  std::string name;
  std::uint64_t address = 0;
  std::uint64_t bytes = 0;
  bool executable = false;
  bool has_bytes = false;  // in the file; false for .bss
};

// R_X86_64_IRELATIVE, JUMP_SLOT, GLOB_DAT: a slot that the loader fills with a function's address.
struct SlotRelocation {
  std::uint64_t slot = 0;
  std::uint64_t resolver = 0;  // IRELATIVE: the ifunc resolver; 0 for the others
  std::string symbol;          // JUMP_SLOT and GLOB_DAT; empty for IRELATIVE
};

// An ELF file: program, shared library or separate debug file. Hostile content gives an error or
// less, never a crash; nothing is mapped, so that a file that shrinks meanwhile does no harm.
class ElfFile {
 public:
  static Result<ElfFile> open(const std::string& path);
  static Result<ElfFile> from_descriptor(Descriptor descriptor, std::string name);
  static Result<ElfFile> from_bytes(std::vector<std::uint8_t> bytes, std::string name);

  bool is_64_bit_x86() const { return is_64_bit_x86_; }
  // ET_EXEC: addresses are those of the running program; others are moved by a load bias.
  bool is_fixed() const { return is_fixed_; }
  // Neither interpreter nor needed libraries: a static program (or a loader).
  bool is_static() const { return interpreter_.empty() && needed_.empty(); }
  const std::string& interpreter() const { return interpreter_; }
  const std::string& soname() const { return soname_; }
  const std::vector<std::string>& needed() const { return needed_; }
  const std::string& build_id() const { return build_id_; }  // hexadecimal, or empty
  const std::vector<Segment>& segments() const { return segments_; }
  const std::vector<Section>& sections() const { return sections_; }
  const Section* find_section(std::string_view name) const;

  // .symtab and .dynsym, defined symbols only; the default version of a name comes first.
  std::vector<Symbol> symbols() const;
  std::optional<Symbol> find_symbol(std::string_view name) const;
  bool has_symbol_table() const { return has_symbol_table_; }  // .symtab, not only .dynsym
  std::vector<SlotRelocation> slot_relocations() const;

  // Bytes of the loaded image from the file; false where the file has none (bss, gaps).
  bool read(std::uint64_t address, std::span<std::uint8_t> bytes) const;

  // <root>/usr/lib/debug/.build-id/ab/cdef.debug; empty without a build id.
  std::string debug_file_path(std::string_view root = "") const;

 private:
  struct ElfEnd {
    void operator()(Elf* elf) const { elf_end(elf); }
  };

  ElfFile() = default;
  Result<> take_headers();
  void take_segments();
  void take_dynamic();
  void take_sections();
  void append_symbols(Elf_Scn* section, Elf_Scn* versions, std::vector<Symbol>& symbols) const;
  void append_relocations(Elf_Scn* section, std::vector<SlotRelocation>& slots) const;
  bool read_file(std::uint64_t offset, std::span<std::uint8_t> bytes) const;
  std::string read_string(std::uint64_t offset, std::size_t limit) const;

  std::string name_;
  Descriptor descriptor_;
  std::vector<std::uint8_t> bytes_;
  std::uint64_t file_bytes_ = 0;
  std::unique_ptr<Elf, ElfEnd> elf_;  // above descriptor_ and bytes_ in life, so declared after

  bool is_64_bit_x86_ = false;
  bool is_fixed_ = false;
  bool has_symbol_table_ = false;
  std::string interpreter_;
  std::string soname_;
  std::vector<std::string> needed_;
  std::string build_id_;
  std::vector<Segment> segments_;
  std::vector<Section> sections_;
};

}  // namespace bytepath::code
