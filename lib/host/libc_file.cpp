#include "host/libc_file.h"

#include <fmt/format.h>

#include <algorithm>

namespace bytepath::host {
namespace {

constexpr std::uint64_t max_section_bytes = 16U << 20;

bool has_symbol(const std::vector<code::Symbol>& symbols, std::string_view name) {
  return std::ranges::find(symbols, name, &code::Symbol::name) != symbols.end();
}

}  // namespace

std::optional<LibcKind> libc_kind_by_name(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  if (name == "libc.so.6" || (name.starts_with("libc-2.") && name.ends_with(".so")))
    return LibcKind::glibc;
  if (name == "libc.so" || name.starts_with("ld-musl-") || name.starts_with("libc.musl-"))
    return LibcKind::musl;
  return std::nullopt;
}

std::string section_text(const code::ElfFile& file, std::string_view name) {
  const code::Section* section = file.find_section(name);
  if (section == nullptr || !section->has_bytes) return {};
  std::string text(std::min(section->bytes, max_section_bytes), '\0');
  if (!file.read(section->address, {reinterpret_cast<std::uint8_t*>(text.data()), text.size()}))
    return {};
  return text;
}

LibcKind static_kind(const code::ElfFile& file) {
  // glibc's start-up code parses its tunables in every static program; their table holds this name.
  if (section_text(file, ".rodata").contains("glibc.malloc.check") ||
      section_text(file, ".data.rel.ro").contains("glibc.malloc.check"))
    return LibcKind::static_glibc;
  const std::vector<code::Symbol> symbols = file.symbols();
  if (has_symbol(symbols, "__libc_early_init") || has_symbol(symbols, "__libc_setup_tls"))
    return LibcKind::static_glibc;
  if (has_symbol(symbols, "__init_libc") || has_symbol(symbols, "__libc_start_init"))
    return LibcKind::static_musl;
  return LibcKind::other;
}

NamedVariants variant_names(const code::ElfFile& file, const std::string& root) {
  const OwnLibc own = own_libc();
  if (!own.build_id.empty() && own.build_id == file.build_id() && !own.names.empty())
    return {.names = own.names, .evidence = NameEvidence::implementation_list};
  if (file.has_symbol_table())
    return {.names = file.symbols(), .evidence = NameEvidence::symbol_table};
  for (const std::string& prefix : {root, std::string()}) {
    const std::string debug_path = file.debug_file_path(prefix);
    if (debug_path.empty()) break;
    const auto debug = code::ElfFile::open(debug_path);
    if (debug && debug->build_id() == file.build_id())
      return {.names = debug->symbols(), .evidence = NameEvidence::debug_file};
  }
  return {};
}

std::optional<std::uint64_t> slot_of(const code::ElfFile& file, const code::Symbol& function) {
  for (const code::SlotRelocation& relocation : file.slot_relocations())
    if (relocation.resolver != 0 && relocation.resolver == function.address) return relocation.slot;
  return std::nullopt;
}

LibcCopyPath describe_file(const code::ElfFile& file, LibcKind kind, std::string path) {
  LibcCopyPath described{.kind = kind, .path = std::move(path), .build_id = file.build_id()};
  take_version(section_text(file, ".rodata"), described);
  return described;
}

}  // namespace bytepath::host
