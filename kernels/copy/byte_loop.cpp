#include "kernels/copy/move_bytes.h"
#include "kernels/kernel.h"

namespace bytepath::kernels {
namespace {

void copy(void* destination, const void* source, std::size_t size) {
  move_bytes(static_cast<std::byte*>(destination), static_cast<const std::byte*>(source), size);
}

}  // namespace

std::vector<Kernel> byte_loop() {
  return {{.name = "byte-loop",
           .family = Family::instruction,
           .summary = "a loop that loads and stores one byte an iteration",
           .offset = "destination - source",
           .repeat = repeat<copy>}};
}

}  // namespace bytepath::kernels
