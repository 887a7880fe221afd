#pragma once
#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/descriptor.h"
#include "base/result.h"
#include "net/server.h"
#include "net/url.h"

namespace bytepath::net {

// When to try the next of a name's addresses: each has an equal part of the time that is left, so
// that a silent one does not take all of it.
Clock::time_point try_until(Clock::time_point now, Clock::time_point end, std::size_t addresses);

// A connection whose every wait has an end. Errors are short and the same for the same reason, so
// that they can be counted: "timed out", "Connection reset by peer", "closed by the server".
class Socket {
 public:
  // Of a name's addresses the first that answers. What it took is in `times`, as far as it came.
  // goes_on outlives the socket.
  static Result<Socket> connect(const Url& url, const std::vector<Resolve>& resolves,
                                std::chrono::nanoseconds timeout, const GoesOn& goes_on,
                                ConnectionTimes& times);

  Result<> send(std::string_view bytes, Clock::time_point deadline);
  // How many bytes came; at least one.
  Result<std::size_t> receive(std::span<char> buffer, Clock::time_point deadline);
  bool goes_on() const { return (*goes_on_)(); }
  const std::string& address() const { return address_; }

 private:
  Socket(Descriptor descriptor, const GoesOn& goes_on, std::string address)
      : descriptor_(std::move(descriptor)), goes_on_(&goes_on), address_(std::move(address)) {}

  Descriptor descriptor_;
  const GoesOn* goes_on_;
  std::string address_;
};

}  // namespace bytepath::net
