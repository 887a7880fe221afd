#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "code/elf_file.h"
#include "host/libc_image.h"

namespace bytepath::host {

// What a path says about the C library it may be: by its last component.
std::optional<LibcKind> libc_kind_by_name(std::string_view path);

// What a static program was linked with, by the texts in its read-only data. LibcKind::other when
// they say nothing (a stripped program that uses little of its libc).
LibcKind static_kind(const code::ElfFile& file);

// At most 16 MiB of a section from the file; empty when there is none.
std::string section_text(const code::ElfFile& file, std::string_view name);

struct NamedVariants {
  VariantNames names;
  NameEvidence evidence = NameEvidence::none;
};

// Names for code addresses of the file: of the same build as this process's libc, its list; else
// the file's own symbol table; else the separate debug file under root or on this host.
NamedVariants variant_names(const code::ElfFile& file, const std::string& root);

// Where glibc keeps the address of the selected implementation: the slot that the loader fills by
// calling the ifunc resolver of that name. Nothing when the file has none.
std::optional<std::uint64_t> slot_of(const code::ElfFile& file, const code::Symbol& function);

// The identity that a file alone tells: path, build id, kind, version.
LibcCopyPath describe_file(const code::ElfFile& file, LibcKind kind, std::string path);

}  // namespace bytepath::host
