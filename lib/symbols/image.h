#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/descriptor.h"
#include "base/result.h"
#include "code/elf_file.h"
#include "symbols/code_names.h"
#include "symbols/function_table.h"
#include "symbols/mapped_file.h"
#include "symbols/place.h"
#include "symbols/plt_names.h"
#include "symbols/source_lines.h"

namespace bytepath::symbols {

// An ELF file whose addresses have names. Not for two threads at once.
class Image {
 public:
  // path: as Place::image shall have it; trees: where a separate debug file is looked for. Error:
  // not a program or library for 64-bit x86.
  static Result<Image> open(Descriptor descriptor, std::string path, const FileTrees& trees);
  // Without a file of its own: the vDSO.
  static Result<Image> from_bytes(std::vector<std::uint8_t> bytes, const std::string& path);

  // The address as linked of what is mapped from that offset of the file; nothing when no segment
  // has it.
  std::optional<std::uint64_t> linked_address(std::uint64_t file_offset) const;

  // By the symbols, else as an entry of the linkage table (plt_names.h), else by what the code does
  // (code_names.h); the line from the debug information, which is opened when the first address is
  // asked for.
  Place find(std::uint64_t linked);

  // False where the file does not have all of them.
  bool read(std::uint64_t linked, std::span<std::uint8_t> bytes) const {
    return file_.read(linked, bytes);
  }

  // Neither the file nor a debug file has its local functions.
  bool is_stripped() const { return stripped_; }
  const std::string& build_id() const { return file_.build_id(); }

 private:
  Image(code::ElfFile file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}
  static Result<Image> create(Result<code::ElfFile> file, std::string path);

  code::ElfFile file_;
  std::string path_;
  bool stripped_ = true;
  std::vector<AddressRange> frames_;
  FunctionTable functions_;
  PltNames plt_names_;
  CodeNames code_names_;
  Descriptor debug_information_;  // until lines_ has it
  std::optional<SourceLines> lines_;
};

// Where an ELF file has code: its executable sections, or its executable segments when it has no
// section headers. Sorted, without overlaps.
std::vector<AddressRange> code_ranges(const code::ElfFile& file);

}  // namespace bytepath::symbols
