#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/descriptor.h"
#include "code/elf_file.h"
#include "symbols/mapped_file.h"

namespace bytepath::symbols {

// What a stripped file says of the file that has its symbols: section .gnu_debuglink (GDB manual,
// "Debugging Information in Separate Files").
struct DebugLink {
  std::string name;       // without a folder
  std::uint32_t crc = 0;  // CRC-32 of that file, as in zip
};

// Nothing where the bytes have not the form: a name, zero bytes up to a multiple of four, the CRC.
std::optional<DebugLink> parse_debug_link(std::span<const std::uint8_t> bytes);

// That of an open ELF file.
std::optional<DebugLink> read_debug_link(const Descriptor& file);

struct DebugFile {
  code::ElfFile file;
  Descriptor descriptor;  // of the same
};

// The separate file with symbols or debug information that belongs to a file of that path: by its
// build id in /usr/lib/debug/.build-id, else by its link in the same folder, in .debug there and in
// /usr/lib/debug. Only one with the same build id counts, or where there is none with the CRC.
std::optional<DebugFile> find_debug_file(const code::ElfFile& file,
                                         const std::optional<DebugLink>& link,
                                         const std::string& path, const FileTrees& trees);

}  // namespace bytepath::symbols
