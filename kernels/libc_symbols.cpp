#include "kernels/libc_symbols.h"

#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace bytepath::kernels {
namespace {

using CopyFunction = void* (*)(void*, const void*, std::size_t);
using FillFunction = void* (*)(void*, int, std::size_t);

void* libc_handle() {
  static void* const handle = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
  return handle ? handle : RTLD_DEFAULT;
}

// The state is the function itself: nothing to own.
Result<State> open_target(const Kernel& kernel, const Arena&) {
  return State(const_cast<void*>(kernel.target), [](void*) {});
}

// The function is known only at run time, so nothing of it is inlined or left out.
int repeat_copy(void* state, void* destination, const void* source, std::size_t size,
                std::size_t times) {
  const auto copy = reinterpret_cast<CopyFunction>(state);
  for (std::size_t i = 0; i < times; ++i) copy(destination, source, size);
  return 0;
}

int repeat_fill(void* state, void* destination, const void*, std::size_t size, std::size_t times) {
  const auto fill = reinterpret_cast<FillFunction>(state);
  for (std::size_t i = 0; i < times; ++i) fill(destination, 0, size);
  return 0;
}

}  // namespace

const void* libc_function(const char* name) { return dlsym(libc_handle(), name); }

std::vector<LibcVariant> libc_variants([[maybe_unused]] const char* function) {
  std::vector<LibcVariant> variants;
#ifdef __GLIBC__
  struct Implementation {
    const char* name;
    void (*function)();
    bool usable;
  };
  using List = std::size_t (*)(const char*, Implementation*, std::size_t);
  const auto list =
      reinterpret_cast<List>(dlvsym(libc_handle(), "__libc_ifunc_impl_list", "GLIBC_PRIVATE"));
  if (!list) return variants;
  std::array<Implementation, 128> found{};  // glibc 2.42 has 18 of memmove, the most
  const std::size_t count = std::min(list(function, found.data(), found.size()), found.size());
  for (const auto& each : std::span(found).first(count))
    variants.push_back({.name = each.name,
                        .address = reinterpret_cast<const void*>(each.function),
                        .usable = each.usable});
#endif
  return variants;
}

std::string variant_needs(const std::string& name) {
  // A longer word before the one it contains: "avx512" before "avx".
  constexpr std::pair<const char*, const char*> words[] = {
      {"avx512", "avx512vl"}, {"evex", "avx512vl"}, {"avx2", "avx2"},
      {"avx", "avx"},         {"ssse3", "ssse3"},
  };
  std::string needs;
  for (const auto& [word, flag] : words) {
    if (name.contains(word)) {
      needs = flag;
      break;
    }
  }
  for (const char* flag : {"erms", "rtm"})
    if (name.ends_with(std::string("_") + flag) || name.contains(std::string("_") + flag + "_"))
      needs += (needs.empty() ? "" : " ") + std::string(flag);
  return needs;
}

Kernel calling(Kernel row) {
  row.family = Family::libc;
  row.offset = row.fills ? "destination - an unread source" : "destination - source";
  row.open = open_target;
  row.repeat = row.fills ? repeat_fill : repeat_copy;
  return row;
}

}  // namespace bytepath::kernels
