#include "kernels/channel.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace bytepath::kernels {
namespace {

constexpr int wanted_bytes = 1 << 20;

Channel channel(const Arena& arena, const std::array<int, 2>& ends) {
  return {.bounds = Bounds(arena), .in = Descriptor(ends[1]), .out = Descriptor(ends[0])};
}

}  // namespace

Result<Channel> make_pipe(const Arena& arena) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) return refused("pipe2", errno);
  Channel pipe = channel(arena, ends);
  ::fcntl(pipe.in.get(), F_SETPIPE_SZ, wanted_bytes);  // a refusal leaves it as it is
  const int bytes = ::fcntl(pipe.in.get(), F_GETPIPE_SZ);
  if (bytes < 0) return fail_errno(errno, "fcntl F_GETPIPE_SZ");
  pipe.capacity = static_cast<std::size_t>(bytes);
  return pipe;
}

Result<Channel> make_socket_pair(const Arena& arena) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) != 0)
    return refused("socketpair", errno);
  Channel pair = channel(arena, ends);
  int bytes = wanted_bytes;
  ::setsockopt(pair.in.get(), SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);  // up to wmem_max
  socklen_t length = sizeof bytes;
  if (::getsockopt(pair.in.get(), SOL_SOCKET, SO_SNDBUF, &bytes, &length) != 0)
    return fail_errno(errno, "getsockopt SO_SNDBUF");
  pair.capacity = static_cast<std::size_t>(bytes) / 2;
  return pair;
}

Capacity capacity_of(Result<Channel> (*make)(const Arena&)) {
  const auto channel = make(Arena{});
  if (!channel) return {.max_size = 0, .unavailable = channel.error().message};
  return {.max_size = channel->capacity / page_bytes * page_bytes, .unavailable = ""};
}

Result<State> open_channel(const Kernel& kernel, const Arena& arena,
                           Result<Channel> (*make)(const Arena&), const char* call) {
  BYTEPATH_TRY(channel, make(arena));
  if (channel.capacity < kernel.max_size)
    return fail(ErrorKind::denied,
                fmt::format("{}: room for {} bytes only, {} before", kernel.name, channel.capacity,
                            kernel.max_size),
                "the user's allowance of pipe pages may be used up (pipe(7))");
  return hand_over(kernel, arena, own(std::move(channel)), call);
}

}  // namespace bytepath::kernels
