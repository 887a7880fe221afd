#include <unistd.h>

#include "kernels/channel.h"

namespace bytepath::kernels {
namespace {

int through_pipe(const Channel& pipe, std::byte* to, const std::byte* from, std::size_t size) {
  return relay(
      size, [&](std::size_t done) { return ::write(pipe.in.get(), from + done, size - done); },
      [&](std::size_t done) { return ::read(pipe.out.get(), to + done, size - done); });
}

Kernel row(const char* name, const Capacity& capacity) {
  return {.name = name,
          .family = Family::syscall,
          .max_size = capacity.max_size,
          .moves = 2,
          .unavailable = capacity.unavailable,
          .repeat = repeat_inside<Channel, through_pipe>};
}

}  // namespace

// One and the same way through a pipe: the placement says which of its two copies is looked at.
std::vector<Kernel> pipe_pair() {
  const Capacity capacity = capacity_of(make_pipe);
  Kernel write = row("pipe-write", capacity);
  write.summary = "write into a pipe, drained by reads to a page-aligned buffer";
  write.offset = "pipe page (offset 0) - user buffer";
  write.page_start = PageStart::destination;
  write.open = [](const Kernel& kernel, const Arena& arena) {
    return open_channel(kernel, arena, make_pipe, "write to a pipe");
  };
  Kernel read = row("pipe-read", capacity);
  read.summary = "read from a pipe, filled by writes from a page-aligned buffer";
  read.offset = "user buffer - pipe page (offset 0)";
  read.page_start = PageStart::source;
  read.open = [](const Kernel& kernel, const Arena& arena) {
    return open_channel(kernel, arena, make_pipe, "read from a pipe");
  };
  return {write, read};
}

}  // namespace bytepath::kernels
