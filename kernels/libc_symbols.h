#pragma once
#include <string>
#include <vector>

#include "kernels/kernel.h"

namespace bytepath::kernels {

// One implementation of a function that the C library carries and chooses between at start.
struct LibcVariant {
  std::string name;  // "__memmove_avx_unaligned_erms"
  const void* address = nullptr;
  bool usable = false;  // on this CPU, as the C library sees it
};

// The function a program calls under this name: the C library's own, not one that a preloaded
// library or a sanitizer puts before it. Null when there is none.
const void* libc_function(const char* name);

// The implementations of memcpy, memmove, mempcpy or memset. glibc lists them in
// __libc_ifunc_impl_list (version GLIBC_PRIVATE, sysdeps/x86_64/multiarch/ifunc-impl-list.c);
// empty where there is no such list: another C library, or a static program.
std::vector<LibcVariant> libc_variants(const char* function);

// CPU flags that the name of a variant tells of: "avx512vl", "rtm"; empty for plain sse2.
std::string variant_needs(const std::string& name);

// A row that calls row.target, which is of the form of memcpy or, when row.fills, of memset.
Kernel calling(Kernel row);

}  // namespace bytepath::kernels
