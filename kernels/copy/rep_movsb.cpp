#include "kernels/kernel.h"

namespace bytepath::kernels {
namespace {

void copy(void* destination, const void* source, std::size_t size) {
  asm volatile("rep movsb" : "+D"(destination), "+S"(source), "+c"(size) : : "memory");
}

}  // namespace

std::vector<Kernel> rep_movsb() {
  return {{.name = "rep-movsb",
           .family = Family::instruction,
           .summary = "one REP MOVSB instruction",
           .offset = "destination - source",
           .repeat = repeat<copy>}};
}

}  // namespace bytepath::kernels
