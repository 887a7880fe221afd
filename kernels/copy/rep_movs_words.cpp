#include "kernels/kernel.h"

namespace bytepath::kernels {
namespace {

void copy_words(void* destination, const void* source, std::size_t size) {
  size /= 2;
  asm volatile("rep movsw" : "+D"(destination), "+S"(source), "+c"(size) : : "memory");
}

void copy_doublewords(void* destination, const void* source, std::size_t size) {
  size /= 4;
  asm volatile("rep movsl" : "+D"(destination), "+S"(source), "+c"(size) : : "memory");
}

void copy_quadwords(void* destination, const void* source, std::size_t size) {
  size /= 8;
  asm volatile("rep movsq" : "+D"(destination), "+S"(source), "+c"(size) : : "memory");
}

Kernel row(const char* name, const char* summary, std::size_t granule,
           decltype(Kernel::repeat) repeat) {
  return {.name = name,
          .family = Family::instruction,
          .summary = summary,
          .offset = "destination - source",
          .granule = granule,
          .repeat = repeat};
}

}  // namespace

std::vector<Kernel> rep_movs_words() {
  return {row("rep-movsw", "one REP MOVSW instruction", 2, repeat<copy_words>),
          row("rep-movsd", "one REP MOVSD instruction", 4, repeat<copy_doublewords>),
          row("rep-movsq", "one REP MOVSQ instruction (musl's memcpy, old kernels)", 8,
              repeat<copy_quadwords>)};
}

}  // namespace bytepath::kernels
