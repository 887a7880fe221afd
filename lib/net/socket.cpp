#include "net/socket.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <future>
#include <memory>
#include <thread>

#include "net/header_list.h"

namespace bytepath::net {
namespace {

std::unexpected<Error> failed(std::string why) { return fail(ErrorKind::failed, std::move(why)); }
std::unexpected<Error> failed(int errno_value) { return failed(std::strerror(errno_value)); }

// Until the descriptor is ready for `events`, or the time is over.
Result<> wait_for(int fd, short events, Clock::time_point deadline, const GoesOn& goes_on) {
  while (true) {
    const auto left = deadline - Clock::now();
    if (left.count() <= 0) return failed("timed out");
    const timespec limit{.tv_sec = 0,
                         .tv_nsec = std::min<std::chrono::nanoseconds>(left, wait_slice).count()};
    pollfd one{.fd = fd, .events = events, .revents = 0};
    const int ready = ppoll(&one, 1, &limit, nullptr);
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return failed(errno);
    if (!goes_on()) return failed("interrupted");
  }
}

Result<Descriptor> connect_to(const sockaddr* address, socklen_t length, Clock::time_point deadline,
                              const GoesOn& goes_on) {
  Descriptor socket(::socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return failed(errno);
  if (::connect(socket.get(), address, length) != 0) {
    if (errno != EINPROGRESS) return failed(errno);
    if (auto ready = wait_for(socket.get(), POLLOUT, deadline, goes_on); !ready)
      return std::unexpected(std::move(ready).error());
    int error = 0;
    socklen_t size = sizeof(error);
    if (getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) return failed(errno);
    if (error != 0) return failed(error);
  }
  if (address->sa_family != AF_UNIX) {
    // Otherwise a small request waits until the last answer was acknowledged, up to 40 ms.
    const int yes = 1;
    (void)setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
  }
  return socket;
}

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

Result<Addresses> look_up(const std::string& host, std::uint16_t port, bool numeric) {
  const addrinfo hints{.ai_flags = AI_NUMERICSERV | (numeric ? AI_NUMERICHOST : 0),
                       .ai_socktype = SOCK_STREAM};
  addrinfo* list = nullptr;
  const int status = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
  if (status == EAI_SYSTEM) return failed(errno);
  if (status != 0) return failed(gai_strerror(status));
  return Addresses(list);
}

// getaddrinfo() knows no time limit: it is asked in a thread that is left to itself when the time
// is over.
Result<Addresses> look_up_name(const std::string& host, std::uint16_t port,
                               Clock::time_point deadline, const GoesOn& goes_on) {
  std::promise<Result<Addresses>> promise;
  auto found = promise.get_future();
  std::thread([host, port, promise = std::move(promise)]() mutable {
    promise.set_value(look_up(host, port, false));
  }).detach();
  while (Clock::now() < deadline) {
    if (found.wait_until(std::min(deadline, Clock::now() + wait_slice)) ==
        std::future_status::ready)
      return found.get();
    if (!goes_on()) return failed("interrupted");
  }
  return failed("looking up the name timed out");
}

std::string numeric_address(const addrinfo& address) {
  char host[NI_MAXHOST];
  char service[NI_MAXSERV];
  const int status = getnameinfo(address.ai_addr, address.ai_addrlen, host, sizeof(host), service,
                                 sizeof(service), NI_NUMERICHOST | NI_NUMERICSERV);
  if (status != 0) return "";
  return address.ai_family == AF_INET6 ? fmt::format("[{}]:{}", host, service)
                                       : fmt::format("{}:{}", host, service);
}

Result<Descriptor> connect_to_path(const std::string& path, Clock::time_point deadline,
                                   const GoesOn& goes_on) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) return failed(ENAMETOOLONG);
  std::ranges::copy(path, address.sun_path);
  return connect_to(reinterpret_cast<const sockaddr*>(&address), sizeof(address), deadline,
                    goes_on);
}

}  // namespace

Clock::time_point try_until(Clock::time_point now, Clock::time_point end, std::size_t addresses) {
  return now + (end - now) / static_cast<std::int64_t>(std::max<std::size_t>(1, addresses));
}

Result<Socket> Socket::connect(const Url& url, const std::vector<Resolve>& resolves,
                               std::chrono::nanoseconds timeout, const GoesOn& goes_on,
                               ConnectionTimes& times) {
  const auto begin = Clock::now();
  if (url.scheme == Scheme::unix_socket) {
    auto socket = connect_to_path(url.path, begin + timeout, goes_on);
    times.connect = Clock::now() - begin;
    if (!socket) return std::unexpected(std::move(socket).error());
    return Socket(*std::move(socket), goes_on, url.path);
  }
  const auto instead = std::ranges::find_if(resolves, [&](const Resolve& each) {
    return each.host == lower_case(url.host) && each.port == url.port;
  });
  const bool told = instead != resolves.end();
  bool is_name = false;
  auto addresses = look_up(told ? instead->address : url.host, url.port, true);
  if (!addresses && !told) {
    is_name = true;
    addresses = look_up_name(url.host, url.port, begin + timeout, goes_on);
  }
  if (!addresses) {
    return fail(ErrorKind::unsupported, addresses.error().message,
                "is the name right? --resolve HOST:PORT:ADDRESS gives it an address");
  }
  const auto looked_up = Clock::now();
  if (is_name) times.lookup = looked_up - begin;
  Result<Descriptor> socket = failed("it has no address");
  std::size_t left = 0;
  for (const addrinfo* each = addresses->get(); each != nullptr; each = each->ai_next) ++left;
  for (const addrinfo* each = addresses->get(); each != nullptr; each = each->ai_next, --left) {
    const auto until = try_until(Clock::now(), looked_up + timeout, left);
    socket = connect_to(each->ai_addr, each->ai_addrlen, until, goes_on);
    times.connect = Clock::now() - looked_up;
    if (socket) return Socket(*std::move(socket), goes_on, numeric_address(*each));
    if (!goes_on()) break;
  }
  return std::unexpected(std::move(socket).error());
}

Result<> Socket::send(std::string_view bytes, Clock::time_point deadline) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(descriptor_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      if (auto ready = wait_for(descriptor_.get(), POLLOUT, deadline, *goes_on_); !ready)
        return ready;
    } else if (errno != EINTR) {
      return failed(errno);
    }
  }
  return {};
}

Result<std::size_t> Socket::receive(std::span<char> buffer, Clock::time_point deadline) {
  while (true) {
    if (auto ready = wait_for(descriptor_.get(), POLLIN, deadline, *goes_on_); !ready)
      return std::unexpected(std::move(ready).error());
    const ssize_t received = recv(descriptor_.get(), buffer.data(), buffer.size(), 0);
    if (received > 0) return static_cast<std::size_t>(received);
    if (received == 0) return failed("closed by the server");
    if (errno != EAGAIN && errno != EINTR) return failed(errno);
  }
}

}  // namespace bytepath::net
