#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/result.h"
#include "lazyfs/byte_lru.h"
#include "lazyfs/http_server.h"
#include "lazyfs/latency.h"

namespace bytepath::lazyfs {

struct NodeOptions {
  std::uint16_t port = 0;   // 0: any
  std::uint64_t bytes = 0;  // of shards that it keeps, those used last
  Latency latency;          // of a GET, whether it has the shard or not
  std::uint64_t seed = 1;
  std::string secret;  // as of the origin
};

// A node of L2: keeps shards in memory, by PUT and GET.
class ShardNode {
 public:
  static Result<std::unique_ptr<ShardNode>> start(NodeOptions options);
  std::uint16_t port() const { return server_->port(); }

 private:
  explicit ShardNode(NodeOptions options);
  HttpResponse answer(HttpRequest request);
  HttpResponse get(const std::string& key);
  HttpResponse put(const std::string& key, std::string shard);

  NodeOptions options_;
  std::mutex mutex_;  // of all below
  stats::Random random_;
  ByteLru lru_;
  std::unordered_map<std::string, std::shared_ptr<const std::string>> shards_;
  std::unique_ptr<HttpServer> server_;  // last: its threads use the rest
};

}  // namespace bytepath::lazyfs
