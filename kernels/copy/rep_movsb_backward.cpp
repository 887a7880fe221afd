#include "kernels/kernel.h"

namespace bytepath::kernels {
namespace {

void copy(void* destination, const void* source, std::size_t size) {
  auto* to = static_cast<std::byte*>(destination) + size - 1;
  const auto* from = static_cast<const std::byte*>(source) + size - 1;
  asm volatile("std\n\trep movsb\n\tcld" : "+D"(to), "+S"(from), "+c"(size) : : "memory", "cc");
}

}  // namespace

std::vector<Kernel> rep_movsb_backward() {
  return {{.name = "rep-movsb-backward",
           .family = Family::instruction,
           .summary = "one REP MOVSB instruction with the direction flag set, from the last byte",
           .offset = "destination - source",
           .backward = true,
           .repeat = repeat<copy>}};
}

}  // namespace bytepath::kernels
