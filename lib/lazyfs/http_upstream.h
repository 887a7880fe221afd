#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "lazyfs/parity.h"
#include "lazyfs/upstream.h"

namespace bytepath::lazyfs {

struct HttpUpstreamOptions {
  std::uint16_t origin_port = 0;
  std::vector<std::uint16_t> node_ports;  // by node; empty: no L2
  ErasureCode code;                       // of no more shards than nodes
  std::string secret;                     // see Origin
};

// The servers on this host's loopback. A thread that asks takes a set of connections for as long as
// it asks, so that there are as many of them as requests at once, and they are used again.
class HttpUpstream : public Upstream {
 public:
  explicit HttpUpstream(HttpUpstreamOptions options);
  ~HttpUpstream() override;

  bool has_nodes() const override { return !options_.node_ports.empty(); }
  Result<Received> from_origin(const std::string& path, Extent range) override;
  // Asks for all shards at once and takes the first that are enough; the others are broken off.
  std::optional<Received> from_nodes(const std::string& chunk, std::uint64_t bytes) override;
  std::uint64_t to_nodes(const std::string& chunk, std::string_view bytes) override;

 private:
  struct Pool;
  std::vector<std::size_t> nodes_of(const std::string& chunk) const;
  std::string shard_url(std::size_t node, const std::string& chunk, std::size_t shard) const;

  HttpUpstreamOptions options_;
  std::unique_ptr<Pool> pool_;
};

}  // namespace bytepath::lazyfs
