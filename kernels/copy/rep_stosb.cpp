#include "kernels/kernel.h"

namespace bytepath::kernels {
namespace {

void fill(void* destination, const void*, std::size_t size) {
  asm volatile("rep stosb" : "+D"(destination), "+c"(size) : "a"(0) : "memory");
}

}  // namespace

std::vector<Kernel> rep_stosb() {
  return {{.name = "rep-stosb",
           .family = Family::instruction,
           .summary = "one REP STOSB instruction, storing zeros",
           .offset = "destination - an unread source",
           .fills = true,
           .repeat = repeat<fill>}};
}

}  // namespace bytepath::kernels
