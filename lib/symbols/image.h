#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "code/elf_file.h"
#include "symbols/function_table.h"
#include "symbols/place.h"

namespace bytepath::symbols {

// An ELF file whose addresses have names.
class Image {
 public:
  // path: as Place::image shall have it. Error: not a program or library for 64-bit x86.
  static Result<Image> create(code::ElfFile file, std::string path);

  // The address as linked of what is mapped from that offset of the file; nothing when no segment
  // has it.
  std::optional<std::uint64_t> linked_address(std::uint64_t file_offset) const;

  Place find(std::uint64_t linked) const;

  // False where the file does not have all of them.
  bool read(std::uint64_t linked, std::span<std::uint8_t> bytes) const {
    return file_.read(linked, bytes);
  }

 private:
  Image(code::ElfFile file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}

  code::ElfFile file_;
  std::string path_;
  FunctionTable functions_;
};

// Where an ELF file has code: its executable sections, or its executable segments when it has no
// section headers. Sorted, without overlaps.
std::vector<AddressRange> code_ranges(const code::ElfFile& file);

}  // namespace bytepath::symbols
