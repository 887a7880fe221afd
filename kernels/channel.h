#pragma once
#include <string>

#include "base/descriptor.h"
#include "kernels/bounds.h"

namespace bytepath::kernels {

// The state of every kernel that moves bytes through the kernel's own memory: a pipe or a pair of
// sockets, both ends non-blocking, so that a full one can never stop the process that also reads
// it.
struct Channel {
  Bounds bounds;
  Descriptor in;   // bytes are put in here
  Descriptor out;  // and come out here
  std::size_t capacity = 0;
};

// A pipe of up to 1 MiB, what pipe-max-size allows everybody by default; less when the user's
// allowance of pipe pages is used up (pipe(7), F_SETPIPE_SZ).
Result<Channel> make_pipe(const Arena& arena);

// A pair of stream sockets. The capacity is half of what the kernel accounts for as sent and not
// yet received, because it counts its own structures as well (socket(7), SO_SNDBUF).
Result<Channel> make_socket_pair(const Arena& arena);

// A channel of this host, for what its rows declare; max_size is rounded down to pages.
struct Capacity {
  std::size_t max_size = 0;
  std::string unavailable;
};
Capacity capacity_of(Result<Channel> (*make)(const Arena&));

// Puts size bytes in with put(done) and takes them out with take(done), by turns, since no more fit
// in than there is room for. 0 or an errno; EIO when neither end moves.
template <class Put, class Take>
int relay(std::size_t size, Put put, Take take) {
  bool interrupted = false;
  const auto moved = [&](ssize_t result, std::size_t& done) {
    if (result >= 0) {
      done += static_cast<std::size_t>(result);
      return 0;
    }
    interrupted = errno == EINTR;
    return interrupted || errno == EAGAIN ? 0 : errno;
  };
  std::size_t sent = 0;
  for (std::size_t received = 0; received < size;) {
    const std::size_t before = sent + received;
    interrupted = false;
    if (sent < size)
      if (const int error = moved(put(sent), sent)) return error;
    if (received < sent)
      if (const int error = moved(take(received), received)) return error;
    if (sent + received == before && !interrupted) return EIO;
  }
  return 0;
}

// Kernel::open of these rows: refuses when there is less room than the row declares.
Result<State> open_channel(const Kernel& kernel, const Arena& arena,
                           Result<Channel> (*make)(const Arena&), const char* call);

}  // namespace bytepath::kernels
