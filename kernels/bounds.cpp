#include "kernels/bounds.h"

namespace bytepath::kernels {

Result<State> hand_over(const Kernel& kernel, const Arena& arena, State state, const char* call) {
  const int error = kernel.repeat(state.get(), arena.destination, arena.source, 1, 1);
  if (error == ENOSYS)
    return fail(ErrorKind::unsupported,
                fmt::format("this kernel or a filter of system calls has no {}: {}", call,
                            std::strerror(error)));
  if (error == EPERM || error == EACCES)
    return fail(ErrorKind::denied,
                fmt::format("{} is refused here: {}", call, std::strerror(error)),
                "a filter of system calls (seccomp) or a security module refuses it: try outside "
                "of the container");
  if (error != 0) return fail_errno(error, "{} of one byte", call);
  return state;
}

}  // namespace bytepath::kernels
