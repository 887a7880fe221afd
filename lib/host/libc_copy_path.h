#pragma once
#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/root.h"
#include "host/glibc_version.h"
#include "host/tunables.h"

namespace bytepath::host {

enum class LibcKind { glibc, musl, static_glibc, static_musl, other };

// How the selected variant of a function got its name.
enum class NameEvidence {
  none,
  implementation_list,  // glibc's __libc_ifunc_impl_list
  symbol_table,         // .symtab or .dynsym of the file
  debug_file,           // separate debug file with the same build id
  disassembly,          // a description of the code, not a name that glibc uses
};

enum class CopyInstruction {
  not_known,
  rep_movsb,
  rep_movsq,
  rep_stosb,
  rep_stosq,
  vector,
  scalar
};

// Sizes in bytes, both included.
struct SizeWindow {
  std::uint64_t first = 1;
  std::uint64_t last = ~std::uint64_t{0};  // the default: no upper stop
};

struct CopyFunction {
  std::string function;  // "memcpy"
  std::string variant;   // "__memcpy_avx_unaligned_erms"; empty when not known
  NameEvidence name_evidence = NameEvidence::none;
  std::optional<std::uint64_t> offset;                       // of its code in the image, as linked
  CopyInstruction instruction = CopyInstruction::not_known;  // that of the largest special path
  std::vector<std::uint64_t> string_offsets;                 // of each rep movs/stos, as linked
  std::size_t vector_bytes = 0;                              // widest register used: 0, 16, 32, 64
  std::optional<SizeWindow> rep_window;  // sizes that rep movsb (memset: rep stosb) handles
  std::string why_not_known;
};

struct CopyThreshold {
  std::string name;                    // "rep_movsb_threshold"
  std::optional<std::uint64_t> value;  // bytes
  std::string evidence;                // "memory of the process at libc+0x1d33d8"; or why absent
};

// How the libc of one program copies and fills memory. Overlapping memmove goes its own ways.
struct LibcCopyPath {
  LibcKind kind = LibcKind::other;
  std::string path;                       // of the library, or of the static program
  std::string version;                    // "2.36"; empty when not known
  std::string package;                    // "Debian GLIBC 2.36-9+deb12u14"
  std::string build_id;                   // hexadecimal
  bool running = false;                   // read from a process: the thresholds are those in force
  std::vector<CopyFunction> functions;    // memcpy, memmove, mempcpy, memset, as far as found
  std::vector<CopyThreshold> thresholds;  // rep_movsb, rep_movsb_stop, non_temporal, rep_stosb
  std::optional<SizeWindow> rep_movsb_window;  // memcpy's; empty when it never runs rep movsb
  std::optional<SizeWindow> rep_stosb_window;  // memset's
  std::optional<AmdInference> inference;       // by version, for a glibc that is not running
  std::vector<TunableFinding> tunables;        // GLIBC_TUNABLES of the process
  std::vector<std::string> notes;

  const CopyFunction* find_function(std::string_view name) const;
  std::optional<std::uint64_t> threshold(std::string_view name) const;
};

// This process. Reads its own memory only; about 1 ms.
Result<LibcCopyPath> read_own_libc();

// Another process: its maps, memory and the files behind them. Needs the rights of
// ptrace(PTRACE_MODE_READ) on it: the same user, or CAP_SYS_PTRACE. Errors: no such process,
// denied, a kernel thread or zombie, not a 64-bit x86 program.
Result<LibcCopyPath> read_process_libc(pid_t pid);

// A container's or image's root folder: nothing in it is executed and no link leads out of it.
// What exists only in a running program is absent and says so. Linux 5.6 (openat2).
Result<LibcCopyPath> read_root_libc(const Root& root);

std::string_view to_text(LibcKind kind);                // "glibc", "static musl"
std::string_view to_text(NameEvidence evidence);        // "implementation list"
std::string_view to_text(CopyInstruction instruction);  // "rep movsb"

}  // namespace bytepath::host
