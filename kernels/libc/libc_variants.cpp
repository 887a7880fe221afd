#include <algorithm>

#include "kernels/libc_symbols.h"

namespace bytepath::kernels {
namespace {

std::string why_unusable(const std::string& needs) {
  const std::string reason = "the C library marks it unusable on this CPU";
  return needs.empty() ? reason : reason + " (it needs " + needs + ")";
}

Kernel row(const char* function, const LibcVariant& variant) {
  const std::string needs = variant_needs(variant.name);
  return calling({.name = "libc." + variant.name,
                  .summary = std::string("a ") + function + " that the C library carries",
                  .needs = needs,
                  .fills = std::string_view(function) == "memset",
                  .unavailable = variant.usable ? "" : why_unusable(needs),
                  .target = variant.address});
}

}  // namespace

// memcpy and memmove share their code in glibc, which lists it twice: each address is one row,
// under the name of memmove.
std::vector<Kernel> libc_variants() {
  std::vector<Kernel> rows;
  for (const char* function : {"memmove", "memcpy", "mempcpy", "memset"}) {
    for (const auto& variant : libc_variants(function)) {
      const bool listed = std::ranges::any_of(
          rows, [&](const Kernel& each) { return each.target == variant.address; });
      if (!listed) rows.push_back(row(function, variant));
    }
  }
  if (rows.empty()) {
    rows.push_back(calling({.name = "libc-variants",
                            .summary = "the implementations that the C library chooses from",
                            .unavailable = "this program's C library lists no variants (only a "
                                           "shared glibc does)"}));
  }
  return rows;
}

}  // namespace bytepath::kernels
