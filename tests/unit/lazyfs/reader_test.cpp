#include "lazyfs/reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <thread>

#include "support/temporary_folder.h"

namespace bytepath::lazyfs {
namespace {

using testing::ElementsAre;

std::string content_of(std::size_t bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes; ++i) out += static_cast<char>('a' + i / 7 % 26);
  return out;
}

// Tiers in memory.
class FakeUpstream : public Upstream {
 public:
  bool has_nodes() const override { return with_nodes; }
  Result<Received> from_origin(const std::string&, Extent range) override {
    if (broken) return fail(ErrorKind::failed, "no answer");
    ++asked;
    while (held) std::this_thread::yield();
    return Received{.bytes = content.substr(range.offset, range.length), .node = "origin"};
  }
  std::optional<Received> from_nodes(const std::string& chunk, std::uint64_t) override {
    if (!nodes.contains(chunk)) return std::nullopt;
    return Received{.bytes = nodes[chunk], .node = "node0"};
  }
  std::uint64_t to_nodes(const std::string& chunk, std::string_view bytes) override {
    nodes[chunk] = bytes;
    return bytes.size();
  }

  std::string content;
  bool with_nodes = false;
  bool broken = false;
  std::atomic<int> asked = 0;
  std::atomic<bool> held = false;
  std::map<std::string, std::string> nodes;
};

class ReaderTest : public testing::Test {
 protected:
  static constexpr std::size_t file_bytes = 10'000;

  ReaderTest() {
    upstream.content = content_of(file_bytes);
    folder.write("image", upstream.content);
    tree = Tree::scan(folder.at("image")).value();
    file = tree->at("image");
  }

  Reader make_reader(ChunkFiles* l1, std::uint64_t chunk_bytes = 4096) {
    return Reader(*tree, l1, upstream, {.chunk_bytes = chunk_bytes},
                  {.event =
                       [this](const Event& event) {
                         const std::lock_guard lock(mutex);
                         events.push_back(event);
                       },
                   .l1_failed = [this](const Error&) { ++l1_failures; },
                   .origin_failed = [this](const Error&) { ++origin_failures; }});
  }
  std::string read(Reader& reader, std::uint64_t offset, std::size_t length) {
    std::string out(length, '\0');
    const auto returned = reader.read(EventKind::read, *file, offset, out);
    out.resize(static_cast<std::size_t>(std::max<std::int64_t>(returned, 0)));
    return out;
  }
  std::vector<std::string> kinds_and_tiers() {
    std::vector<std::string> out;
    for (const auto& event : events) {
      out.push_back(fmt::format("{} {}", name(event.kind), name(event.tier)));
    }
    events.clear();
    return out;
  }

  test::TemporaryFolder folder;
  test::TemporaryFolder l1_folder;
  FakeUpstream upstream;
  std::optional<Tree> tree;
  const Node* file = nullptr;
  std::mutex mutex;
  std::vector<Event> events;
  int l1_failures = 0;
  int origin_failures = 0;
};

TEST_F(ReaderTest, ReadsAnyPart) {
  for (const std::uint64_t chunk : {0U, 4096U, 16384U}) {
    auto reader = make_reader(nullptr, chunk);
    for (std::uint64_t offset = 0; offset < file_bytes + 500; offset += 777) {
      const auto expected = offset < file_bytes ? upstream.content.substr(offset, 5000) : "";
      EXPECT_EQ(read(reader, offset, 5000), expected);
    }
  }
}

TEST_F(ReaderTest, TakesTheNearestTier) {
  auto l1 = ChunkFiles::open(l1_folder.path(), 1 << 20).value();
  upstream.with_nodes = true;
  auto reader = make_reader(&l1);
  read(reader, 0, 10);
  EXPECT_THAT(kinds_and_tiers(), ElementsAre("miss l2", "fetch l3", "store l2", "read l3"));
  read(reader, 10, 10);
  EXPECT_THAT(kinds_and_tiers(), ElementsAre("read l1"));
  for (const auto& name : l1_folder.names()) std::filesystem::remove(l1_folder.at(name));
  read(reader, 10, 10);
  EXPECT_THAT(kinds_and_tiers(), ElementsAre("fetch l2", "read l2"));
  read(reader, 4000, 200);
  EXPECT_THAT(kinds_and_tiers(), ElementsAre("miss l2", "fetch l3", "store l2", "read l3"));
  read(reader, file_bytes, 10);
  EXPECT_THAT(kinds_and_tiers(), ElementsAre("read none"));
}

TEST_F(ReaderTest, KeepsNothingWithoutChunks) {
  auto l1 = ChunkFiles::open(l1_folder.path(), 1 << 20).value();
  upstream.with_nodes = true;
  auto reader = make_reader(&l1, 0);
  EXPECT_EQ(read(reader, 5, 10), upstream.content.substr(5, 10));
  EXPECT_THAT(kinds_and_tiers(), ElementsAre("fetch l3", "read l3"));
  EXPECT_TRUE(l1_folder.names().empty());
  EXPECT_TRUE(upstream.nodes.empty());
}

TEST_F(ReaderTest, SaysWhatFailed) {
  upstream.broken = true;
  auto reader = make_reader(nullptr);
  std::string out(10, '\0');
  EXPECT_EQ(reader.read(EventKind::read, *file, 0, out), -EIO);
  EXPECT_EQ(origin_failures, 1);
  EXPECT_THAT(kinds_and_tiers(), ElementsAre("fetch l3", "read l3"));
  upstream.broken = false;
  EXPECT_EQ(reader.read(EventKind::read, *file, 0, out), 10);
}

TEST_F(ReaderTest, FetchesOnceForSeveral) {
  auto reader = make_reader(nullptr);
  upstream.held = true;
  std::vector<std::jthread> threads;
  for (std::uint64_t i = 0; i < 4; ++i) {
    threads.emplace_back(
        [&, i] { EXPECT_EQ(read(reader, i * 100, 50), upstream.content.substr(i * 100, 50)); });
  }
  // Usually all others wait by then; what is expected holds of those that come later too.
  while (upstream.asked == 0) std::this_thread::yield();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  upstream.held = false;
  threads.clear();
  const auto seen = kinds_and_tiers();
  EXPECT_EQ(std::ranges::count(seen, "fetch l3"), upstream.asked);
  EXPECT_EQ(std::ranges::count(seen, "read l3"), upstream.asked);
  EXPECT_EQ(std::ranges::count(seen, "read joined"), 4 - upstream.asked);
}

TEST_F(ReaderTest, PrefetchesWhatIsNotNear) {
  auto l1 = ChunkFiles::open(l1_folder.path(), 1 << 20).value();
  auto reader = make_reader(&l1);
  const auto always = [] { return true; };
  EXPECT_EQ(reader.prefetch(*file, {.offset = 100, .length = 4096}, always), 4096);
  EXPECT_THAT(kinds_and_tiers(), ElementsAre("fetch l3", "fetch l3", "prefetch l3"));
  EXPECT_EQ(reader.prefetch(*file, {.offset = 100, .length = 4096}, always), 4096);
  EXPECT_THAT(kinds_and_tiers(), ElementsAre("prefetch l1"));
  EXPECT_EQ(reader.prefetch(*file, {.offset = 9000, .length = 4096}, [] { return false; }), 0);
  EXPECT_EQ(reader.prefetch(*file, {.offset = 9990, .length = 4096}, always), 10);
  EXPECT_EQ(read(reader, 4096, 10), upstream.content.substr(4096, 10));
  EXPECT_EQ(events.back().tier, Tier::l1);
}

TEST_F(ReaderTest, GoesOnWhenL1CannotKeep) {
  auto l1 = ChunkFiles::open(l1_folder.path(), 1 << 20).value();
  std::filesystem::remove_all(l1_folder.path());
  auto reader = make_reader(&l1);
  EXPECT_EQ(read(reader, 0, 10), upstream.content.substr(0, 10));
  EXPECT_EQ(read(reader, 0, 10), upstream.content.substr(0, 10));
  EXPECT_EQ(l1_failures, 2);
}

}  // namespace
}  // namespace bytepath::lazyfs
