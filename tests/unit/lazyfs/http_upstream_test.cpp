#include "lazyfs/http_upstream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "lazyfs/origin.h"
#include "lazyfs/shard_node.h"
#include "lazyfs/transfers.h"
#include "support/temporary_folder.h"

// The client against real servers, in this process.
namespace bytepath::lazyfs {
namespace {

constexpr char secret[] = "0123abcd";

std::string content_of(std::size_t bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes; ++i) out += static_cast<char>(i * 31 + i / 251);
  return out;
}

// One request, as anybody could send it.
Transfer ask(std::uint16_t port, const std::string& path, const std::string& range = "") {
  std::vector<Transfer> one(1);
  one[0].url = fmt::format("http://127.0.0.1:{}{}", port, path);
  one[0].range = range;
  one[0].most_bytes = 1 << 20;
  Transfers().run(one, [](std::size_t) { return true; });
  return one[0];
}

class HttpOrigin : public testing::Test {
 protected:
  HttpOrigin() {
    std::filesystem::create_directory(folder.at("a folder"));
    folder.write("a folder/50% of \"it\"#?", content);
    std::filesystem::create_symlink("/etc", folder.at("out"));
    origin = Origin::start(folder.path(),
                           {.latency = Latency(std::chrono::milliseconds(1), 0), .secret = secret})
                 .value();
  }
  test::TemporaryFolder folder;
  std::string content = content_of(100'000);
  std::unique_ptr<Origin> origin;
};

TEST_F(HttpOrigin, IsReadByRange) {
  HttpUpstream upstream({.origin_port = origin->port(), .secret = secret});
  for (const Extent range :
       {Extent{.offset = 0, .length = 1}, Extent{.offset = 99'999, .length = 1},
        Extent{.offset = 0, .length = 100'000}}) {
    const auto received = upstream.from_origin("a folder/50% of \"it\"#?", range);
    ASSERT_TRUE(received.has_value()) << received.error().message;
    EXPECT_EQ(received->bytes, content.substr(range.offset, range.length));
    EXPECT_EQ(received->node, "origin");
    EXPECT_EQ(received->injected, std::chrono::milliseconds(1));
  }
  EXPECT_EQ(origin->requests(), 3U);
  EXPECT_EQ(origin->sent_bytes(), 100'002U);
}

TEST_F(HttpOrigin, ThatHasNotAllIsAnError) {
  HttpUpstream upstream({.origin_port = origin->port(), .secret = secret});
  const std::string path = "a folder/50% of \"it\"#?";
  EXPECT_FALSE(upstream.from_origin(path, {.offset = 99'999, .length = 2}).has_value());
  EXPECT_FALSE(upstream.from_origin(path, {.offset = 200'000, .length = 2}).has_value());
  EXPECT_FALSE(upstream.from_origin("nothing", {.offset = 0, .length = 2}).has_value());
  const auto port = origin->port();
  origin.reset();
  const auto refused = HttpUpstream({.origin_port = port, .secret = secret})
                           .from_origin(path, {.offset = 0, .length = 2});
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().message, testing::HasSubstr(path));
}

TEST_F(HttpOrigin, KeepsToItsFolderAndItsSecret) {
  const auto status = [&](const std::string& path) { return ask(origin->port(), path).status; };
  const std::string root = fmt::format("/{}", secret);
  EXPECT_EQ(status(root + "/"), 200U);
  for (const auto* path :
       {"/..%2fetc/passwd", "/out/passwd", "/%2fetc/passwd", "/a%00b", "/nothing"}) {
    EXPECT_EQ(status(root + path), 404U) << path;
  }
  for (const auto* path : {"/", "/wrong/", "/0123abcd", "/0123abcde/", "//"}) {
    EXPECT_EQ(status(path), 404U) << path;
  }
}

TEST_F(HttpOrigin, ListsFoldersByLinksThatLead) {
  const auto page = ask(origin->port(), fmt::format("/{}/a%20folder/", secret));
  EXPECT_THAT(page.body, testing::HasSubstr("href=\"./50%25%20of%20%22it%22%23%3F\""));
  const auto file =
      ask(origin->port(), fmt::format("/{}/a%20folder/50%25%20of%20%22it%22%23%3F", secret), "0-9");
  EXPECT_EQ(file.body, content.substr(0, 10));
}

TEST(HttpOriginOfAFile, ServesThisOneAlone) {
  const test::TemporaryFolder folder;
  const auto path = folder.write("image", "content");
  folder.write("other", "content");
  const auto origin = Origin::start(path, {}).value();
  EXPECT_EQ(ask(origin->port(), "/image").body, "content");
  EXPECT_EQ(ask(origin->port(), "/other").status, 404U);
  EXPECT_THAT(ask(origin->port(), "/").body, testing::Not(testing::HasSubstr("other")));
  EXPECT_FALSE(Origin::start("/nowhere", {}).has_value());
  const auto taken = Origin::start(path, {.port = origin->port()});
  ASSERT_FALSE(taken.has_value());
  EXPECT_EQ(taken.error().kind, ErrorKind::usage);
}

TEST(HttpOriginOfARate, SendsNoFaster) {
  const test::TemporaryFolder folder;
  const std::string content = content_of(300'000);
  const auto path = folder.write("image", content);
  const auto origin = Origin::start(path, {.bytes_per_second = 1'000'000}).value();
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(ask(origin->port(), "/image").body, content);
  EXPECT_GE(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(300));
}

class HttpNodes : public testing::Test {
 protected:
  // A node that is left out has a port that nobody listens on.
  void start(std::size_t count, ErasureCode code) {
    for (std::size_t i = 0; i < count; ++i) {
      nodes.push_back(ShardNode::start({.bytes = 1 << 20, .secret = secret}).value());
      ports.push_back(nodes.back()->port());
    }
    upstream = std::make_unique<HttpUpstream>(
        HttpUpstreamOptions{.node_ports = ports, .code = code, .secret = secret});
  }
  std::vector<std::unique_ptr<ShardNode>> nodes;
  std::vector<std::uint16_t> ports;
  std::unique_ptr<HttpUpstream> upstream;
};

TEST_F(HttpNodes, KeepChunks) {
  start(3, {.data = 1, .shards = 1});
  const std::string chunk = content_of(5000);
  EXPECT_EQ(upstream->from_nodes("2/0+1388", 5000), std::nullopt);
  EXPECT_EQ(upstream->to_nodes("2/0+1388", chunk), 5000U);
  const auto received = upstream->from_nodes("2/0+1388", 5000);
  ASSERT_TRUE(received.has_value());
  EXPECT_EQ(received->bytes, chunk);
  EXPECT_EQ(upstream->from_nodes("2/5000+1388", 5000), std::nullopt);
  // Shards of another length than the chunk's are of no use.
  EXPECT_EQ(upstream->from_nodes("2/0+1388", 4999), std::nullopt);
}

TEST_F(HttpNodes, MissOneWithParity) {
  start(4, {.data = 3, .shards = 4});
  const std::string chunk = content_of(100'000);
  EXPECT_EQ(upstream->to_nodes("2/0", chunk), 133'336U);
  for (auto& node : nodes) {
    const auto port = node->port();
    node.reset();
    const auto received = upstream->from_nodes("2/0", 100'000);
    ASSERT_TRUE(received.has_value());
    EXPECT_EQ(received->bytes, chunk);
    node = ShardNode::start({.port = port, .bytes = 1 << 20, .secret = secret}).value();
    EXPECT_EQ(upstream->to_nodes("2/0", chunk), 133'336U);
  }
  nodes[1].reset();
  nodes[2].reset();
  EXPECT_EQ(upstream->from_nodes("2/0", 100'000), std::nullopt);
  EXPECT_EQ(upstream->to_nodes("2/0", chunk), 66'668U);
}

TEST_F(HttpNodes, DoNotWaitForTheSlowest) {
  start(3, {.data = 1, .shards = 2});
  const std::string chunk = content_of(1000);
  EXPECT_EQ(upstream->to_nodes("2/0", chunk), 2000U);
  const auto port = nodes[0]->port();
  nodes[0].reset();
  nodes[0] = ShardNode::start({.port = port,
                               .bytes = 1 << 20,
                               .latency = Latency(std::chrono::milliseconds(500), 0),
                               .secret = secret})
                 .value();
  for (int i = 0; i < 20; ++i) {
    const std::string key = fmt::format("3/{}", i);
    upstream->to_nodes(key, chunk);
    const auto began = std::chrono::steady_clock::now();
    EXPECT_TRUE(upstream->from_nodes(key, 1000).has_value());
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(500));
  }
}

TEST(ShardNode, KeepsWhatWasUsedLast) {
  const auto node = ShardNode::start({.bytes = 25, .secret = secret}).value();
  HttpUpstream upstream({.node_ports = {node->port()}, .secret = secret});
  for (const auto* key : {"a", "b"}) EXPECT_EQ(upstream.to_nodes(key, std::string(10, 'x')), 10U);
  EXPECT_TRUE(upstream.from_nodes("a", 10).has_value());
  EXPECT_EQ(upstream.to_nodes("c", std::string(10, 'x')), 10U);
  EXPECT_FALSE(upstream.from_nodes("b", 10).has_value());
  EXPECT_TRUE(upstream.from_nodes("a", 10).has_value());
  EXPECT_EQ(upstream.to_nodes("d", std::string(26, 'x')), 0U);
  EXPECT_EQ(upstream.to_nodes("a", std::string(20, 'y')), 20U);
  EXPECT_FALSE(upstream.from_nodes("c", 10).has_value());
}

}  // namespace
}  // namespace bytepath::lazyfs
