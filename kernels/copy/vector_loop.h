#pragma once
#include <cstddef>

#include "kernels/copy/move_bytes.h"

namespace bytepath::kernels {

// A forward copy loop over unaligned vectors, four an iteration. Vector says how: `width` in bytes,
// move_four(to, from), move_one(to, from), finish(). These are assembly, so that both compilers
// make the same loop, and files need no -mavx flags, which could leak into functions that every CPU
// runs. What is left at the end is one vector that overlaps the last, as in most libraries.
template <class Vector>
void copy_vectors(void* destination, const void* source, std::size_t size) {
  constexpr std::size_t width = Vector::width;
  auto* to = static_cast<std::byte*>(destination);
  const auto* from = static_cast<const std::byte*>(source);
  std::size_t left = size;
  for (; left >= 4 * width; left -= 4 * width, to += 4 * width, from += 4 * width)
    Vector::move_four(to, from);
  for (; left >= width; left -= width, to += width, from += width) Vector::move_one(to, from);
  if (size < width)
    move_bytes(to, from, left);
  else if (left > 0)
    Vector::move_one(to + left - width, from + left - width);
  Vector::finish();
}

}  // namespace bytepath::kernels
