#include "lazyfs/http_upstream.h"

#include <mutex>

#include "lazyfs/percent.h"
#include "lazyfs/placement.h"
#include "lazyfs/transfers.h"

namespace bytepath::lazyfs {
namespace {

std::string node_name(std::size_t node) { return fmt::format("node{}", node); }

constexpr unsigned ok = 200;
constexpr unsigned created = 201;
constexpr unsigned partial = 206;

}  // namespace

struct HttpUpstream::Pool {
  using Owned = std::unique_ptr<Transfers>;

  // Idle ones, the last used first, which have the warmest connections.
  std::mutex mutex;
  std::vector<Owned> idle;

  void run(std::vector<Transfer>& transfers, const std::function<bool(std::size_t)>& goes_on) {
    Owned mine;
    {
      const std::lock_guard lock(mutex);
      if (!idle.empty()) {
        mine = std::move(idle.back());
        idle.pop_back();
      }
    }
    if (!mine) mine = std::make_unique<Transfers>();
    mine->run(transfers, goes_on);
    const std::lock_guard lock(mutex);
    idle.push_back(std::move(mine));
  }
};

HttpUpstream::HttpUpstream(HttpUpstreamOptions options)
    : options_(std::move(options)), pool_(std::make_unique<Pool>()) {
  // Here, because it is not for several threads; nothing of TLS is needed.
  curl_global_init(CURL_GLOBAL_NOTHING);
}
HttpUpstream::~HttpUpstream() = default;

Result<Received> HttpUpstream::from_origin(const std::string& path, Extent range) {
  std::vector<Transfer> one(1);
  one[0].url = fmt::format("http://127.0.0.1:{}/{}/{}", options_.origin_port, options_.secret,
                           percent_encoded(path));
  one[0].range = fmt::format("{}-{}", range.offset, range.offset + range.length - 1);
  one[0].most_bytes = range.length;
  pool_->run(one, [](std::size_t) { return true; });
  Transfer& transfer = one[0];
  if (transfer.status == 0) {
    return fail(ErrorKind::failed, fmt::format("cannot fetch {}: {}", path, transfer.error));
  }
  if (transfer.status != partial || transfer.body.size() != range.length) {
    return fail(ErrorKind::failed,
                fmt::format("cannot fetch {}: the origin answered {} with {} of {} bytes; was the "
                            "source changed?",
                            path, transfer.status, transfer.body.size(), range.length));
  }
  return Received{
      .bytes = std::move(transfer.body), .node = "origin", .injected = transfer.injected};
}

std::vector<std::size_t> HttpUpstream::nodes_of(const std::string& chunk) const {
  return place(chunk, options_.node_ports.size(), options_.code.shards);
}

std::string HttpUpstream::shard_url(std::size_t node, const std::string& chunk,
                                    std::size_t shard) const {
  return fmt::format("http://127.0.0.1:{}/{}/{}/{}", options_.node_ports[node], options_.secret,
                     chunk, shard);
}

std::optional<Received> HttpUpstream::from_nodes(const std::string& chunk, std::uint64_t bytes) {
  const auto nodes = nodes_of(chunk);
  std::vector<Transfer> transfers(nodes.size());
  for (std::size_t shard = 0; shard < nodes.size(); ++shard) {
    transfers[shard].url = shard_url(nodes[shard], chunk, shard);
    transfers[shard].most_bytes = shard_bytes(bytes, options_.code);
  }
  std::vector<std::optional<std::string>> shards(nodes.size());
  std::size_t there = 0;
  std::size_t missing = 0;
  Received received;
  pool_->run(transfers, [&](std::size_t shard) {
    if (transfers[shard].status != ok) return ++missing <= nodes.size() - options_.code.data;
    shards[shard] = std::move(transfers[shard].body);
    received.node = node_name(nodes[shard]);
    received.injected = transfers[shard].injected;
    return ++there < options_.code.data;
  });
  auto decoded = decode(shards, options_.code, bytes);
  if (!decoded) return std::nullopt;
  received.bytes = std::move(*decoded);
  return received;
}

std::uint64_t HttpUpstream::to_nodes(const std::string& chunk, std::string_view bytes) {
  const auto nodes = nodes_of(chunk);
  const auto shards = encode(bytes, options_.code);
  std::vector<Transfer> transfers(nodes.size());
  for (std::size_t shard = 0; shard < nodes.size(); ++shard) {
    transfers[shard].url = shard_url(nodes[shard], chunk, shard);
    transfers[shard].upload = shards[shard];
    transfers[shard].is_upload = true;
  }
  pool_->run(transfers, [](std::size_t) { return true; });
  std::uint64_t stored = 0;
  for (const auto& transfer : transfers) {
    if (transfer.status == created) stored += transfer.upload.size();
  }
  return stored;
}

}  // namespace bytepath::lazyfs
