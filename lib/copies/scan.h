#pragma once
#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "code/elf_file.h"
#include "copies/copy_sites.h"
#include "result/document.h"

// memcpy-probe scan: every rep movs in the code of a file or of what a process has mapped.
namespace bytepath::copies {

struct FoundCopy {
  SiteKind kind = SiteKind::program;
  symbols::Place place;
  std::uint8_t element_bytes = 1;
};

struct ScannedFile {
  std::string path;
  bool of_kernel = false;         // it is a vmlinux or a module
  std::vector<FoundCopy> copies;  // by address
  std::uint64_t code_bytes = 0;
  std::uint64_t instructions = 0;
  // Of instructions that the disassembler does not know, or of data between them: their size is by
  // the encoding rules, and one of them may hide what follows.
  std::uint64_t undecoded_bytes = 0;
};

struct Scan {
  std::vector<ScannedFile> files;
  bool interrupted = false;
  std::vector<result::NotMeasured> not_measured;
};

// Instruction after instruction through all code sections, and so not what lies within another
// instruction; the functions have no names yet. `path`: as the report names it. Errors: unsupported
// (not 64-bit x86, no code in it). An interrupted scan has what was found until then.
Result<ScannedFile> scan_image(const code::ElfFile& file, const std::string& path,
                               const Progress& progress, bool& interrupted);

// Errors: usage (no such file, no ELF file), denied, and those of scan_image.
Result<Scan> scan_file(const std::string& path, const Progress& progress);

// Each file that the process has mapped as code, once. Errors: usage (no such process), denied,
// unsupported (a kernel thread, a zombie).
Result<Scan> scan_process(pid_t process, const Progress& progress);

// Pure. The tables rep_movs and files.
void add_scan(result::Document& document, const Scan& scan);

}  // namespace bytepath::copies
