#include <sys/socket.h>

#include "kernels/channel.h"

namespace bytepath::kernels {
namespace {

int through_socket(const Channel& pair, std::byte* to, const std::byte* from, std::size_t size) {
  return relay(
      size,
      [&](std::size_t done) {
        return ::send(pair.in.get(), from + done, size - done, MSG_NOSIGNAL);
      },
      [&](std::size_t done) { return ::recv(pair.out.get(), to + done, size - done, 0); });
}

Kernel row(const char* name, const Capacity& capacity) {
  return {.name = name,
          .family = Family::syscall,
          .max_size = capacity.max_size,
          .moves = 2,
          .unavailable = capacity.unavailable,
          .repeat = repeat_inside<Channel, through_socket>};
}

}  // namespace

// A message is held in memory that begins a page from about 4 KiB up, in a part of one below.
std::vector<Kernel> unix_pair() {
  const Capacity capacity = capacity_of(make_socket_pair);
  Kernel send = row("unix-send", capacity);
  send.summary = "send to a unix stream socket, received into a page-aligned buffer";
  send.offset = "socket buffer (offset 0 of its page) - user buffer";
  send.page_start = PageStart::destination;
  send.open = [](const Kernel& kernel, const Arena& arena) {
    return open_channel(kernel, arena, make_socket_pair, "send");
  };
  Kernel receive = row("unix-recv", capacity);
  receive.summary = "recv from a unix stream socket, sent from a page-aligned buffer";
  receive.offset = "user buffer - socket buffer (offset 0 of its page)";
  receive.page_start = PageStart::source;
  receive.open = [](const Kernel& kernel, const Arena& arena) {
    return open_channel(kernel, arena, make_socket_pair, "recv");
  };
  return {send, receive};
}

}  // namespace bytepath::kernels
