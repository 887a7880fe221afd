#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include "kernels/channel.h"

namespace bytepath::kernels {
namespace {

// The pages themselves go into the pipe, so the read copies from them to the buffer: one copy.
int through_spliced_pages(const Channel& pipe, std::byte* to, const std::byte* from,
                          std::size_t size) {
  return relay(
      size,
      [&](std::size_t done) {
        const iovec bytes = {.iov_base = const_cast<std::byte*>(from + done),
                             .iov_len = size - done};
        return ::vmsplice(pipe.in.get(), &bytes, 1, SPLICE_F_NONBLOCK);
      },
      [&](std::size_t done) { return ::read(pipe.out.get(), to + done, size - done); });
}

}  // namespace

std::vector<Kernel> spliced_pages() {
  Capacity capacity = capacity_of(make_pipe);
  // A buffer that does not begin a page takes one page of the pipe more.
  if (capacity.max_size > 0) capacity.max_size -= page_bytes;
  return {{.name = "vmsplice",
           .family = Family::syscall,
           .summary = "vmsplice of the source's pages into a pipe, read from there",
           .offset = "reader's buffer - spliced buffer",
           .max_size = capacity.max_size,
           .unavailable = capacity.unavailable,
           .open =
               [](const Kernel& kernel, const Arena& arena) {
                 return open_channel(kernel, arena, make_pipe, "vmsplice");
               },
           .repeat = repeat_inside<Channel, through_spliced_pages>}};
}

}  // namespace bytepath::kernels
