#pragma once
#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/descriptor.h"
#include "base/result.h"
#include "lazyfs/latency.h"
#include "lazyfs/origin.h"

namespace bytepath::lazyfs {

// A process of our own that serves until we stop it or end, however that happens: the sockets of
// this process are then clients only. To be started before there is a second thread.
class ServerProcess {
 public:
  // serve: run in the new process; returns the ports, and whatever serves them is kept until its
  // end. title: its name in ps(1), of at most 15 characters.
  static Result<ServerProcess> start(
      const std::string& title, const std::function<Result<std::vector<std::uint16_t>>()>& serve);
  ServerProcess(ServerProcess&& other) noexcept
      : pid_(std::exchange(other.pid_, -1)), ports_(std::move(other.ports_)) {}
  ServerProcess& operator=(ServerProcess&&) = delete;
  ~ServerProcess();

  pid_t pid() const { return pid_; }
  const std::vector<std::uint16_t>& ports() const { return ports_; }

 private:
  ServerProcess(pid_t pid, std::vector<std::uint16_t> ports)
      : pid_(pid), ports_(std::move(ports)) {}
  pid_t pid_;
  std::vector<std::uint16_t> ports_;
};

// L3 in a process.
Result<ServerProcess> start_origin(const std::string& source, const OriginOptions& options);

struct NodesOptions {
  std::size_t nodes = 0;
  std::vector<std::size_t> dead;  // nodes whose ports refuse connections
  std::uint64_t bytes = 0;        // of all nodes together
  std::uint16_t first_port = 0;   // the others follow; 0: any
  Latency latency;
  std::uint64_t seed = 1;
  std::string secret;
};

// All nodes of L2 in one process; a port for each, the dead ones too.
Result<ServerProcess> start_nodes(const NodesOptions& options);

}  // namespace bytepath::lazyfs
