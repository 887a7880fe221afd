#include <sys/uio.h>
#include <unistd.h>

#include "kernels/bounds.h"

namespace bytepath::kernels {
namespace {

struct Process {
  Bounds bounds;
  pid_t pid = ::getpid();
};

iovec part(const std::byte* address, std::size_t size) {
  return {.iov_base = const_cast<std::byte*>(address), .iov_len = size};
}

int readv_once(const Process& process, std::byte* to, const std::byte* from, std::size_t size) {
  return complete(size, [&](std::size_t done) {
    const iovec local = part(to + done, size - done);
    const iovec remote = part(from + done, size - done);
    return ::process_vm_readv(process.pid, &local, 1, &remote, 1, 0);
  });
}

int writev_once(const Process& process, std::byte* to, const std::byte* from, std::size_t size) {
  return complete(size, [&](std::size_t done) {
    const iovec local = part(from + done, size - done);
    const iovec remote = part(to + done, size - done);
    return ::process_vm_writev(process.pid, &local, 1, &remote, 1, 0);
  });
}

Kernel row(const char* name, const char* summary, const char* offset, decltype(Kernel::open) open,
           decltype(Kernel::repeat) repeat) {
  return {.name = name,
          .family = Family::syscall,
          .summary = summary,
          .offset = offset,
          .open = open,
          .repeat = repeat};
}

}  // namespace

std::vector<Kernel> process_memory() {
  return {
      row(
          "process-vm-readv", "process_vm_readv of the own process", "local buffer - remote buffer",
          [](const Kernel& kernel, const Arena& arena) {
            return hand_over(kernel, arena, own(Process{.bounds = Bounds(arena)}),
                             "process_vm_readv");
          },
          repeat_inside<Process, readv_once>),
      row(
          "process-vm-writev", "process_vm_writev of the own process",
          "remote buffer - local buffer",
          [](const Kernel& kernel, const Arena& arena) {
            return hand_over(kernel, arena, own(Process{.bounds = Bounds(arena)}),
                             "process_vm_writev");
          },
          repeat_inside<Process, writev_once>)};
}

}  // namespace bytepath::kernels
