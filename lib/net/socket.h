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

// A connection whose every wait has an end. Errors are short and the same for the same reason, so
// that they can be counted: "timed out", "Connection reset by peer", "closed by the server".
class Socket {
 public:
  // Of a name's addresses the first that answers. What it took is in `times`, as far as it came.
  static Result<Socket> connect(const Url& url, const std::vector<Resolve>& resolves,
                                std::chrono::nanoseconds timeout, ConnectionTimes& times);

  Result<> send(std::string_view bytes, Clock::time_point deadline);
  // How many bytes came; at least one.
  Result<std::size_t> receive(std::span<char> buffer, Clock::time_point deadline);
  const std::string& address() const { return address_; }

 private:
  Socket(Descriptor descriptor, std::string address)
      : descriptor_(std::move(descriptor)), address_(std::move(address)) {}

  Descriptor descriptor_;
  std::string address_;
};

}  // namespace bytepath::net
