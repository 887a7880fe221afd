#include "kernels/libc_symbols.h"

namespace bytepath::kernels {
namespace {

std::string summary(const char* name, const void* address) {
  std::string text = std::string(name) + " as the C library resolves it";
  for (const auto& variant : libc_variants(name))
    if (variant.address == address) return text + " here: " + variant.name;
  return text;
}

}  // namespace

std::vector<Kernel> libc_functions() {
  std::vector<Kernel> rows;
  for (const std::string name : {"memcpy", "memmove", "mempcpy", "memset"}) {
    const void* address = libc_function(name.c_str());
    rows.push_back(calling(
        {.name = name,
         .summary = summary(name.c_str(), address),
         .fills = name == "memset",
         .unavailable = address ? "" : "the C library of this program has no symbol " + name,
         .target = address}));
  }
  return rows;
}

}  // namespace bytepath::kernels
