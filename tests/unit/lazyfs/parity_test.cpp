#include "lazyfs/parity.h"

#include <gtest/gtest.h>

#include "stats/random.h"

namespace bytepath::lazyfs {
namespace {

std::string bytes(std::size_t length) {
  stats::Random random(length);
  std::string out;
  for (std::size_t i = 0; i < length; ++i) out += static_cast<char>(random.below(256));
  return out;
}

using Shards = std::vector<std::optional<std::string>>;

Shards present(const std::vector<std::string>& shards) { return {shards.begin(), shards.end()}; }

TEST(Parity, StandsInForAnyOneShard) {
  for (const std::size_t length : {1U, 2U, 3U, 4U, 5U, 4095U, 4096U, 4097U}) {
    for (std::size_t data = 1; data <= 6; ++data) {
      const ErasureCode code{.data = data, .shards = data + 1};
      const std::string chunk = bytes(length);
      const auto all = present(encode(chunk, code));
      ASSERT_EQ(all.size(), code.shards);
      EXPECT_EQ(decode(all, code, length), chunk);
      for (std::size_t lost = 0; lost < code.shards; ++lost) {
        auto some = all;
        some[lost] = std::nullopt;
        EXPECT_EQ(decode(some, code, length), chunk) << length << " " << data << " " << lost;
        for (std::size_t also = 0; also < lost; ++also) {
          auto few = some;
          few[also] = std::nullopt;
          EXPECT_EQ(decode(few, code, length), std::nullopt);
        }
      }
    }
  }
}

TEST(Parity, ThatIsNotThereHelpsNobody) {
  const ErasureCode code{.data = 3, .shards = 3};
  auto shards = present(encode(bytes(100), code));
  EXPECT_EQ(decode(shards, code, 100), bytes(100));
  shards[1] = std::nullopt;
  EXPECT_EQ(decode(shards, code, 100), std::nullopt);
}

TEST(Parity, ShardsAreAKthOfTheChunk) {
  for (const auto& shard : encode(bytes(10), {.data = 4, .shards = 5})) EXPECT_EQ(shard.size(), 3U);
  EXPECT_EQ(shard_bytes(10, {.data = 4, .shards = 5}), 3U);
  EXPECT_EQ(shard_bytes(512 * 1024, {.data = 4, .shards = 5}), 128U * 1024);
}

TEST(Parity, RefusesShardsOfAnotherLength) {
  const ErasureCode code{.data = 2, .shards = 3};
  auto shards = present(encode(bytes(100), code));
  shards[2]->pop_back();
  EXPECT_EQ(decode(shards, code, 100), std::nullopt);
  shards.pop_back();
  EXPECT_EQ(decode(shards, code, 100), std::nullopt);
}

TEST(ParseErasureCode, TakesOneOfParityAtMost) {
  EXPECT_EQ(parse_erasure_code("4/5").value(), (ErasureCode{.data = 4, .shards = 5}));
  EXPECT_EQ(parse_erasure_code("1/1").value(), ErasureCode());
  for (const auto* wrong :
       {"", "4", "4/", "/5", "3/2", "4/6", "0/1", "0/0", "65/66", "4/5/6", "a/b", "-1/0", "4 /5"}) {
    EXPECT_FALSE(parse_erasure_code(wrong).has_value()) << wrong;
  }
}

}  // namespace
}  // namespace bytepath::lazyfs
