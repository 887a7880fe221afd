#include "code/elf_file.h"

#include <elf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <gelf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <utility>

namespace bytepath::code {
namespace {

// Beyond these a file is not one that a linker writes; they bound the work a hostile one can ask.
constexpr std::size_t max_program_headers = 4096;
constexpr std::size_t max_dynamic_entries = 4096;
constexpr std::size_t max_symbols = 4U << 20;
constexpr std::size_t max_relocations = 4U << 20;
constexpr std::size_t max_note_bytes = 64U << 10;
constexpr std::size_t max_build_id_bytes = 64;
constexpr std::size_t max_name_bytes = 4096;

constexpr std::uint16_t hidden_version = 0x8000;  // VERSYM_HIDDEN: not the default version

template <class T>
std::span<std::uint8_t> as_writable(T& value) {
  return {reinterpret_cast<std::uint8_t*>(&value), sizeof value};
}

std::string hexadecimal(std::span<const std::uint8_t> bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

// The build id among the notes in [data], or empty.
std::string build_id_in(Elf_Data* data) {
  std::size_t at = 0;
  while (data != nullptr && at < data->d_size) {
    GElf_Nhdr header;
    std::size_t name_at = 0;
    std::size_t text_at = 0;
    at = gelf_getnote(data, at, &header, &name_at, &text_at);
    if (at == 0) break;
    const auto* bytes = static_cast<const std::uint8_t*>(data->d_buf);
    if (header.n_type == NT_GNU_BUILD_ID && header.n_namesz == sizeof ELF_NOTE_GNU &&
        std::memcmp(bytes + name_at, ELF_NOTE_GNU, sizeof ELF_NOTE_GNU) == 0 &&
        header.n_descsz <= max_build_id_bytes)
      return hexadecimal({bytes + text_at, header.n_descsz});
  }
  return {};
}

}  // namespace

Result<ElfFile> ElfFile::open(const std::string& path) {
  Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!descriptor) return fail_errno(errno, "cannot open {}", path);
  return from_descriptor(std::move(descriptor), path);
}

Result<ElfFile> ElfFile::from_descriptor(Descriptor descriptor, std::string name) {
  struct stat status{};
  if (fstat(descriptor.get(), &status) != 0) return fail_errno(errno, "cannot examine {}", name);
  if (!S_ISREG(status.st_mode))
    return fail(ErrorKind::usage, fmt::format("{} is not a regular file", name));
  ElfFile file;
  file.name_ = std::move(name);
  file.descriptor_ = std::move(descriptor);
  file.file_bytes_ = static_cast<std::uint64_t>(status.st_size);
  elf_version(EV_CURRENT);
  file.elf_.reset(elf_begin(file.descriptor_.get(), ELF_C_READ, nullptr));
  if (const auto taken = file.take_headers(); !taken) return std::unexpected(taken.error());
  return file;
}

Result<ElfFile> ElfFile::from_bytes(std::vector<std::uint8_t> bytes, std::string name) {
  ElfFile file;
  file.name_ = std::move(name);
  file.bytes_ = std::move(bytes);
  file.file_bytes_ = file.bytes_.size();
  elf_version(EV_CURRENT);
  file.elf_.reset(elf_memory(reinterpret_cast<char*>(file.bytes_.data()), file.bytes_.size()));
  if (const auto taken = file.take_headers(); !taken) return std::unexpected(taken.error());
  return file;
}

Result<> ElfFile::take_headers() {
  GElf_Ehdr header;
  if (elf_ == nullptr || elf_kind(elf_.get()) != ELF_K_ELF ||
      gelf_getehdr(elf_.get(), &header) == nullptr)
    return fail(ErrorKind::usage, fmt::format("{} is not an ELF file", name_));
  is_64_bit_x86_ = gelf_getclass(elf_.get()) == ELFCLASS64 && header.e_machine == EM_X86_64 &&
                   header.e_ident[EI_DATA] == ELFDATA2LSB;
  is_fixed_ = header.e_type == ET_EXEC;
  if (!is_64_bit_x86_) return {};  // a fact to report, with nothing more to read
  take_segments();
  take_dynamic();
  take_sections();
  return {};
}

void ElfFile::take_segments() {
  std::size_t count = 0;
  if (elf_getphdrnum(elf_.get(), &count) != 0) return;
  count = std::min(count, max_program_headers);
  for (std::size_t i = 0; i < count; ++i) {
    GElf_Phdr header;
    if (gelf_getphdr(elf_.get(), static_cast<int>(i), &header) == nullptr) return;
    if (header.p_type == PT_LOAD)
      segments_.push_back({.address = header.p_vaddr,
                           .file_offset = header.p_offset,
                           .file_bytes = header.p_filesz,
                           .memory_bytes = header.p_memsz,
                           .executable = (header.p_flags & PF_X) != 0});
    if (header.p_type == PT_INTERP && header.p_filesz > 0)
      interpreter_ = read_string(header.p_offset, std::min(header.p_filesz, max_name_bytes));
    if (header.p_type == PT_NOTE && build_id_.empty() && header.p_filesz <= max_note_bytes)
      build_id_ = build_id_in(
          elf_getdata_rawchunk(elf_.get(), static_cast<std::int64_t>(header.p_offset),
                               header.p_filesz, header.p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR));
  }
}

void ElfFile::take_dynamic() {
  std::size_t count = 0;
  if (elf_getphdrnum(elf_.get(), &count) != 0) return;
  std::uint64_t strings = 0;
  std::uint64_t soname_at = 0;
  std::vector<std::uint64_t> needed_at;
  for (std::size_t i = 0; i < std::min(count, max_program_headers); ++i) {
    GElf_Phdr header;
    if (gelf_getphdr(elf_.get(), static_cast<int>(i), &header) == nullptr) return;
    if (header.p_type != PT_DYNAMIC) continue;
    for (std::size_t entry = 0; entry < max_dynamic_entries; ++entry) {
      Elf64_Dyn dynamic{};
      if (!read(header.p_vaddr + entry * sizeof dynamic, as_writable(dynamic))) break;
      if (dynamic.d_tag == DT_NULL) break;
      if (dynamic.d_tag == DT_STRTAB) strings = dynamic.d_un.d_ptr;
      if (dynamic.d_tag == DT_SONAME) soname_at = dynamic.d_un.d_val;
      if (dynamic.d_tag == DT_NEEDED) needed_at.push_back(dynamic.d_un.d_val);
    }
    break;
  }
  auto string_at = [&](std::uint64_t offset) {
    std::string text;
    std::uint8_t byte = 0;
    while (text.size() < max_name_bytes &&
           read(strings + offset + text.size(), std::span(&byte, 1)) && byte != 0)
      text += static_cast<char>(byte);
    return text;
  };
  if (strings == 0) return;
  if (soname_at != 0) soname_ = string_at(soname_at);
  for (const std::uint64_t offset : needed_at) needed_.push_back(string_at(offset));
}

void ElfFile::take_sections() {
  std::size_t names = 0;
  if (elf_getshdrstrndx(elf_.get(), &names) != 0) return;
  Elf_Scn* section = nullptr;
  while ((section = elf_nextscn(elf_.get(), section)) != nullptr) {
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) == nullptr) continue;
    if (header.sh_type == SHT_SYMTAB) has_symbol_table_ = true;
    const char* name = elf_strptr(elf_.get(), names, header.sh_name);
    sections_.push_back({.name = name == nullptr ? "" : name,
                         .address = header.sh_addr,
                         .bytes = header.sh_size,
                         .executable = (header.sh_flags & SHF_EXECINSTR) != 0,
                         .has_bytes = header.sh_type != SHT_NOBITS});
  }
}

const Section* ElfFile::find_section(std::string_view name) const {
  const auto found = std::ranges::find(sections_, name, &Section::name);
  return found == sections_.end() ? nullptr : &*found;
}

void ElfFile::append_symbols(Elf_Scn* section, Elf_Scn* versions,
                             std::vector<Symbol>& symbols) const {
  GElf_Shdr header;
  Elf_Data* data = elf_getdata(section, nullptr);
  if (gelf_getshdr(section, &header) == nullptr || data == nullptr) return;
  Elf_Data* version_data = versions == nullptr ? nullptr : elf_getdata(versions, nullptr);
  std::vector<Symbol> hidden;
  const std::size_t count = std::min(data->d_size / sizeof(Elf64_Sym), max_symbols);
  for (std::size_t i = 1; i < count; ++i) {
    GElf_Sym symbol;
    if (gelf_getsym(data, static_cast<int>(i), &symbol) == nullptr) break;
    if (symbol.st_shndx == SHN_UNDEF || symbol.st_name == 0) continue;
    const char* name = elf_strptr(elf_.get(), header.sh_link, symbol.st_name);
    if (name == nullptr) continue;
    const unsigned type = GELF_ST_TYPE(symbol.st_info);
    GElf_Versym version = 0;
    const bool is_hidden = version_data != nullptr &&
                           gelf_getversym(version_data, static_cast<int>(i), &version) != nullptr &&
                           (version & hidden_version) != 0;
    (is_hidden ? hidden : symbols)
        .push_back({.name = name,
                    .address = symbol.st_value,
                    .size = symbol.st_size,
                    .function = type == STT_FUNC || type == STT_GNU_IFUNC,
                    .indirect = type == STT_GNU_IFUNC});
  }
  symbols.insert(symbols.end(), std::make_move_iterator(hidden.begin()),
                 std::make_move_iterator(hidden.end()));
}

std::vector<Symbol> ElfFile::symbols() const {
  std::vector<Symbol> symbols;
  if (!is_64_bit_x86_) return symbols;
  Elf_Scn* versions = nullptr;
  std::array<Elf_Scn*, 2> tables{};  // .symtab first: it has the local names
  Elf_Scn* section = nullptr;
  while ((section = elf_nextscn(elf_.get(), section)) != nullptr) {
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) == nullptr) continue;
    if (header.sh_type == SHT_SYMTAB) tables[0] = section;
    if (header.sh_type == SHT_DYNSYM) tables[1] = section;
    if (header.sh_type == SHT_GNU_versym) versions = section;
  }
  if (tables[0] != nullptr) append_symbols(tables[0], nullptr, symbols);
  if (tables[1] != nullptr) append_symbols(tables[1], versions, symbols);
  return symbols;
}

std::optional<Symbol> ElfFile::find_symbol(std::string_view name) const {
  std::vector<Symbol> all = symbols();
  const auto found = std::ranges::find(all, name, &Symbol::name);
  if (found == all.end()) return std::nullopt;
  return std::move(*found);
}

void ElfFile::append_relocations(Elf_Scn* section, std::vector<SlotRelocation>& slots) const {
  GElf_Shdr header;
  Elf_Data* data = elf_getdata(section, nullptr);
  if (gelf_getshdr(section, &header) == nullptr || data == nullptr) return;
  Elf_Scn* symbol_section = elf_getscn(elf_.get(), header.sh_link);
  GElf_Shdr symbol_header;
  Elf_Data* symbol_data = nullptr;
  if (symbol_section != nullptr && gelf_getshdr(symbol_section, &symbol_header) != nullptr)
    symbol_data = elf_getdata(symbol_section, nullptr);
  const std::size_t count = std::min(data->d_size / sizeof(Elf64_Rela), max_relocations);
  for (std::size_t i = 0; i < count; ++i) {
    GElf_Rela relocation;
    if (gelf_getrela(data, static_cast<int>(i), &relocation) == nullptr) break;
    const auto type = GELF_R_TYPE(relocation.r_info);
    if (type == R_X86_64_IRELATIVE)
      slots.push_back({.slot = relocation.r_offset,
                       .resolver = static_cast<std::uint64_t>(relocation.r_addend)});
    if (type != R_X86_64_JUMP_SLOT && type != R_X86_64_GLOB_DAT) continue;
    GElf_Sym symbol;
    if (symbol_data == nullptr ||
        gelf_getsym(symbol_data, static_cast<int>(GELF_R_SYM(relocation.r_info)), &symbol) ==
            nullptr)
      continue;
    const char* name = elf_strptr(elf_.get(), symbol_header.sh_link, symbol.st_name);
    if (name != nullptr) slots.push_back({.slot = relocation.r_offset, .symbol = name});
  }
}

std::vector<SlotRelocation> ElfFile::slot_relocations() const {
  std::vector<SlotRelocation> slots;
  Elf_Scn* section = nullptr;
  while (is_64_bit_x86_ && (section = elf_nextscn(elf_.get(), section)) != nullptr) {
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) == nullptr) continue;
    if (header.sh_type == SHT_RELA && (header.sh_flags & SHF_ALLOC) != 0)
      append_relocations(section, slots);
  }
  return slots;
}

bool ElfFile::read_file(std::uint64_t offset, std::span<std::uint8_t> bytes) const {
  if (offset > file_bytes_ || bytes.size() > file_bytes_ - offset) return false;
  if (!descriptor_) {
    std::memcpy(bytes.data(), bytes_.data() + offset, bytes.size());
    return true;
  }
  const ssize_t count =
      pread(descriptor_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
  return count >= 0 && static_cast<std::size_t>(count) == bytes.size();
}

std::string ElfFile::read_string(std::uint64_t offset, std::size_t limit) const {
  std::string text(limit, '\0');
  if (!read_file(offset, {reinterpret_cast<std::uint8_t*>(text.data()), text.size()})) return {};
  text.resize(std::min(text.find('\0'), text.size()));
  return text;
}

bool ElfFile::read(std::uint64_t address, std::span<std::uint8_t> bytes) const {
  for (const Segment& segment : segments_) {
    if (address < segment.address) continue;
    const std::uint64_t inside = address - segment.address;
    if (inside >= segment.file_bytes || bytes.size() > segment.file_bytes - inside) continue;
    const std::uint64_t offset = segment.file_offset + inside;
    return offset >= inside && read_file(offset, bytes);
  }
  return false;
}

std::string ElfFile::debug_file_path(std::string_view root) const {
  if (build_id_.size() < 4) return {};
  return fmt::format("{}/usr/lib/debug/.build-id/{}/{}.debug", root, build_id_.substr(0, 2),
                     build_id_.substr(2));
}

}  // namespace bytepath::code
