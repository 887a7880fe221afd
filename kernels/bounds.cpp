#include "kernels/bounds.h"

namespace bytepath::kernels {

std::unexpected<Error> refused(const char* call, int error) {
  const std::string hint =
      "a filter of system calls (seccomp) or a security module may be the reason: try outside of "
      "the container";
  if (error == ENOSYS)
    return fail(ErrorKind::unsupported,
                fmt::format("{} does not exist here: {}", call, std::strerror(error)), hint);
  if (error == EPERM || error == EACCES)
    return fail(ErrorKind::denied, fmt::format("{} is refused: {}", call, std::strerror(error)),
                hint);
  return fail(ErrorKind::failed, fmt::format("{}: {}", call, std::strerror(error)));
}

Result<State> hand_over(const Kernel& kernel, const Arena& arena, State state, const char* call) {
  const int error = kernel.repeat(state.get(), arena.destination, arena.source, 1, 1);
  if (error != 0) return refused(call, error);
  return state;
}

}  // namespace bytepath::kernels
