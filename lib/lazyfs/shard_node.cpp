#include "lazyfs/shard_node.h"

#include <thread>
#include <vector>

#include "lazyfs/grid.h"

namespace bytepath::lazyfs {

ShardNode::ShardNode(NodeOptions options)
    : options_(std::move(options)), random_(options_.seed), lru_(options_.bytes) {}

Result<std::unique_ptr<ShardNode>> ShardNode::start(NodeOptions options) {
  const auto port = options.port;
  std::unique_ptr<ShardNode> node(new ShardNode(std::move(options)));
  BYTEPATH_TRY(server,
               HttpServer::start(port, largest_chunk, [self = node.get()](HttpRequest request) {
                 return self->answer(std::move(request));
               }));
  node->server_ = std::make_unique<HttpServer>(std::move(server));
  return node;
}

HttpResponse ShardNode::answer(HttpRequest request) {
  const std::string root = "/" + options_.secret + "/";
  if (!request.path.starts_with(root)) return {.status = 404};
  const std::string key = request.path.substr(root.size());
  if (request.method == "GET") return get(key);
  if (request.method == "PUT") return put(key, std::move(request.body));
  return {.status = 405};
}

HttpResponse ShardNode::get(const std::string& key) {
  std::unique_lock lock(mutex_);
  const auto latency = options_.latency.draw(random_);
  lock.unlock();
  if (latency.count() > 0) std::this_thread::sleep_for(latency);
  HttpResponse response{.status = 404,
                        .headers = {{injected_header, std::to_string(latency.count())}}};
  lock.lock();
  if (!lru_.use(key)) return response;
  response.status = 200;
  response.body = shards_.at(key);
  return response;
}

HttpResponse ShardNode::put(const std::string& key, std::string shard) {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> evicted;
  lru_.remove(key);
  shards_.erase(key);
  const bool fits = lru_.add(key, shard.size(), evicted);
  for (const auto& old : evicted) shards_.erase(old);
  if (!fits) return {.status = 413};
  shards_.emplace(key, std::make_shared<const std::string>(std::move(shard)));
  return {.status = 201};
}

}  // namespace bytepath::lazyfs
