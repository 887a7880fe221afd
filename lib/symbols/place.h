#pragma once
#include <cstdint>
#include <string>
#include <string_view>

// What lies at an address: which function of which file, program or kernel.
namespace bytepath::symbols {

struct Place {
  // Path of the file; "[kernel]", "[kvm]" (the module of that name), "[vdso]", "[anonymous]"
  // (memory without a file: code that a program made at run time).
  std::string image;
  std::string function;  // demangled; empty: not known
  // The name was told from what the code does: it is a description, not what the authors call it.
  bool by_code = false;
  // As linked in the image. Of the kernel, and of memory without a file, the address itself; of a
  // file that is no ELF image the offset in it.
  std::uint64_t address = 0;
  // Where the function begins, counted as `address`; known for many functions without a name. 0:
  // not known.
  std::uint64_t function_address = 0;
  std::string source;  // "copy.c:12", of the innermost inlined function; empty: not known
};

// "libc.so.6: __memmove_avx512_unaligned_erms+0x2a0", "[kernel]: _copy_to_iter+0x80"; without a
// function "libfoo.so+0x1234"; with one told by its code
// "libc.so.6: copy_avx512_erms+0x2a0 (by its code)".
std::string place_text(const Place& place);

// A C++ or Rust (legacy) name as it is in the source, with what the compiler split off from it:
// "parse(char const*) [clone .cold]". Any other name as it is.
std::string demangled(const std::string& name);

}  // namespace bytepath::symbols
