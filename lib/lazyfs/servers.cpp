#include "lazyfs/servers.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>

#include "base/file.h"
#include "base/text.h"
#include "lazyfs/shard_node.h"

namespace bytepath::lazyfs {
namespace {

// What the new process says when it serves or cannot: "ports 1234 1235", or "error KIND" with the
// message and the hint in lines of their own.
std::string report(const Result<std::vector<std::uint16_t>>& ports) {
  if (ports) return fmt::format("ports {}", fmt::join(*ports, " "));
  const Error& error = ports.error();
  return fmt::format("error {}\n{}\n{}", static_cast<int>(error.kind), error.message, error.hint);
}

Result<std::vector<std::uint16_t>> read_report(int pipe) {
  std::string text;
  std::array<char, 4096> buffer{};
  while (true) {
    const ssize_t got = ::read(pipe, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  const auto lines = split(text, '\n');
  const auto first = words(lines.empty() ? "" : lines[0]);
  if (!first.empty() && first[0] == "ports") {
    std::vector<std::uint16_t> ports;
    for (const auto word : std::span(first).subspan(1)) {
      ports.push_back(static_cast<std::uint16_t>(parse_unsigned(word).value_or(0)));
    }
    return ports;
  }
  if (first.size() == 2 && first[0] == "error" && lines.size() == 3) {
    const auto kind = parse_unsigned(first[1]).value_or(0);
    return fail(static_cast<ErrorKind>(kind), std::string(lines[1]), std::string(lines[2]));
  }
  return fail(ErrorKind::failed, "a server ended before it served");
}

// The rest of the new process's life.
[[noreturn]] void serve_in_child(pid_t parent, const std::string& title, int pipe,
                                 const std::function<Result<std::vector<std::uint16_t>>()>& serve) {
  // Ctrl-C in a terminal reaches us too, but requests under way still need us.
  (void)std::signal(SIGINT, SIG_IGN);
  (void)std::signal(SIGTERM, SIG_DFL);
  (void)std::signal(SIGPIPE, SIG_IGN);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  ::prctl(PR_SET_NAME, title.c_str());
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);  // it ended before the line above
  // Who reads our parent's output must not wait for us.
  const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  if (nothing < 0) ::_exit(1);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(nothing, STDOUT_FILENO);
  const auto ports = serve();
  if (!write_all(pipe, report(ports), "pipe")) ::_exit(1);
  ::close(pipe);
  while (ports) ::pause();
  ::_exit(1);
}

// A port of which every connection is refused: bound, but nobody listens.
Result<std::uint16_t> refuse_connections(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);  // kept until the end
  sockaddr_in address{.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  if (socket < 0 || ::bind(socket, generic, size) != 0 ||
      ::getsockname(socket, generic, &size) != 0) {
    return fail_errno(errno, "cannot bind 127.0.0.1:{}", port);
  }
  return ntohs(address.sin_port);
}

Result<std::uint16_t> serve_node(const NodesOptions& options, std::size_t node) {
  const std::uint16_t port =
      options.first_port == 0 ? 0 : static_cast<std::uint16_t>(options.first_port + node);
  if (std::ranges::find(options.dead, node) != options.dead.end()) return refuse_connections(port);
  BYTEPATH_TRY(started, ShardNode::start({.port = port,
                                          .bytes = options.bytes / options.nodes,
                                          .latency = options.latency,
                                          .seed = options.seed + 1 + node,
                                          .secret = options.secret}));
  return started.release()->port();  // serves as long as its process
}

}  // namespace

Result<ServerProcess> ServerProcess::start(
    const std::string& title, const std::function<Result<std::vector<std::uint16_t>>()>& serve) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail_errno(errno, "cannot make a pipe");
  const Descriptor reading(ends[0]);
  Descriptor writing(ends[1]);
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) return fail_errno(errno, "cannot start a server");
  if (pid == 0) serve_in_child(parent, title, ends[1], serve);
  writing = Descriptor();
  ServerProcess server(pid, {});
  BYTEPATH_TRY(ports, read_report(reading.get()));
  server.ports_ = ports;
  return server;
}

ServerProcess::~ServerProcess() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

Result<ServerProcess> start_origin(const std::string& source, const OriginOptions& options) {
  return ServerProcess::start("lazyfs-origin", [&]() -> Result<std::vector<std::uint16_t>> {
    BYTEPATH_TRY(origin, Origin::start(source, options));
    return std::vector{origin.release()->port()};  // serves as long as its process
  });
}

Result<ServerProcess> start_nodes(const NodesOptions& options) {
  return ServerProcess::start("lazyfs-nodes", [&]() -> Result<std::vector<std::uint16_t>> {
    std::vector<std::uint16_t> ports;
    for (std::size_t node = 0; node < options.nodes; ++node) {
      BYTEPATH_TRY(port, serve_node(options, node));
      ports.push_back(port);
    }
    return ports;
  });
}

}  // namespace bytepath::lazyfs
