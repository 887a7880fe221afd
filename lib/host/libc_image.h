#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "code/copy_walk.h"
#include "code/elf_file.h"
#include "host/libc_copy_path.h"

namespace bytepath::host {

// The functions whose way of copying is looked at.
inline constexpr std::string_view copy_functions[] = {"memcpy", "memmove", "mempcpy", "memset"};

// A libc as the code walk sees it, wherever its bytes come from.
struct LibcImage {
  code::ByteSource bytes;  // code and variables at their addresses in the process or the file
  std::uint64_t bias = 0;  // address - offset as linked
  bool running = true;     // false: variables in the file are not those in force
  std::string where;       // "libc+" or "": goes before an offset in an evidence
};

// The selected implementation of a function.
struct Selected {
  std::string function;
  std::string variant;
  NameEvidence evidence = NameEvidence::none;
  std::optional<std::uint64_t> address;
  std::string why_not_known;  // when there is no address
};

// Walks the code of each selected function and fills in functions, thresholds and windows.
Result<> take_copy_functions(const LibcImage& image, const std::vector<Selected>& selected,
                             LibcCopyPath& path);

// "avx_unaligned_erms" from what the code does, for a libc without names: the vector encoding that
// it uses and whether rep movsb (memset: rep stosb) is part of it.
std::string describe_variant(const code::CopyWalk& walk);

// Whether the code is one of glibc's memmove family (true), its memset family (false), or neither.
std::optional<bool> is_copy_not_fill(const code::CopyWalk& walk);

// The sizes that reach rep movsb (or rep stosb for a fill), from the variables' values.
std::optional<SizeWindow> rep_window(const code::CopyWalk& walk, const code::ByteSource& bytes);

// Named code addresses of one image, as linked.
using VariantNames = std::vector<code::Symbol>;

// The name of the function at offset; the one that fits the function's name wins among aliases.
std::optional<std::string> name_at(const VariantNames& names, std::uint64_t offset,
                                   std::string_view function);

// This process's own libc, for those who compare another one with it.
struct OwnLibc {
  std::string build_id;
  VariantNames names;  // from __libc_ifunc_impl_list; empty when the libc has none
};
OwnLibc own_libc();

// The end of a description that does not depend on where the libc was found: version, tunables.
void take_version(std::string_view read_only_data, LibcCopyPath& path);
void take_tunables(std::optional<std::string_view> variable, LibcCopyPath& path);

}  // namespace bytepath::host
