#pragma once
#include <sys/types.h>

#include <cerrno>
#include <cstddef>
#include <functional>

#include "kernels/kernel.h"

namespace bytepath::kernels {

// The addresses that a syscall kernel may touch: those of the arena it was opened with.
struct Bounds {
  const std::byte* source = nullptr;
  const std::byte* destination = nullptr;
  std::size_t size = 0;

  explicit Bounds(const Arena& arena)
      : source(arena.source), destination(arena.destination), size(arena.size) {}

  bool in_source(const void* address, std::size_t bytes) const {
    return inside(address, bytes, source);
  }
  bool in_destination(const void* address, std::size_t bytes) const {
    return inside(address, bytes, destination);
  }
  off_t source_offset(const void* address) const {
    return static_cast<const std::byte*>(address) - source;
  }
  off_t destination_offset(const void* address) const {
    return static_cast<const std::byte*>(address) - destination;
  }

 private:
  bool inside(const void* address, std::size_t bytes, const std::byte* base) const {
    const auto* first = static_cast<const std::byte*>(address);
    return std::greater_equal<>{}(first, base) && bytes <= size &&
           std::less_equal<>{}(first, base + (size - bytes));
  }
};

// Calls step(done), which moves some of the bytes after `done` as read(2) does, until all are
// moved. 0, or the errno of the call that failed; EIO when it moves nothing.
template <class Step>
int complete(std::size_t size, Step step) {
  for (std::size_t done = 0; done < size;) {
    const ssize_t moved = step(done);
    if (moved < 0 && errno == EINTR) continue;
    if (moved < 0) return errno;
    if (moved == 0) return EIO;
    done += static_cast<std::size_t>(moved);
  }
  return 0;
}

// Kernel::repeat of a kernel whose state S has `bounds`; once(state, destination, source, size)
// moves the bytes one time and returns 0 or an errno.
template <class S, auto once>
int repeat_inside(void* state, void* destination, const void* source, std::size_t size,
                  std::size_t times) {
  auto& own = *static_cast<S*>(state);
  if (!own.bounds.in_source(source, size) || !own.bounds.in_destination(destination, size))
    return EFAULT;
  for (std::size_t i = 0; i < times; ++i)
    if (const int error = once(own, static_cast<std::byte*>(destination),
                               static_cast<const std::byte*>(source), size))
      return error;
  return 0;
}

// The error of a system call that could not be made: ENOSYS is unsupported, EPERM denied, and both
// may be the work of a filter of system calls.
std::unexpected<Error> refused(const char* call, int error);

// Hands the state over to its kernel after the kernel has moved the arena's first byte with it. An
// error names `call`, the system call that the kernel stands for.
Result<State> hand_over(const Kernel& kernel, const Arena& arena, State state, const char* call);

template <class S>
State own(S state) {
  return {new S(std::move(state)), [](void* pointer) { delete static_cast<S*>(pointer); }};
}

}  // namespace bytepath::kernels
