#include "weights/byte_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace bytepath::weights {
namespace {

std::vector<std::byte> count_up(std::size_t size) {
  std::vector<std::byte> bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(i / 4096 + i);
  return bytes;
}

TEST(ByteReader, ReadsTheSameAcrossAndWithinItsWindow) {
  const auto bytes = count_up(1 << 20);
  const MemorySource source("f", bytes);
  for (const std::uint64_t step : {1U, 3U, 4095U, 70'000U}) {
    ByteReader reader(source);
    for (std::uint64_t at = 0; at + 8 <= bytes.size(); at += step + 8) {
      std::uint64_t expected = 0;
      std::memcpy(&expected, bytes.data() + at, sizeof expected);
      ASSERT_EQ(reader.position(), at);
      ASSERT_EQ(reader.number<std::uint64_t>("x").value(), expected) << at;
      if (!reader.skip(step, "x")) break;
    }
  }
  ByteReader reader(source);
  for (const std::uint64_t at : {1'000'000U, 5U, 500'000U, 4090U, 0U}) {
    ASSERT_TRUE(reader.seek(at, "x"));
    const auto text = reader.text(300, "x");
    ASSERT_TRUE(text);
    EXPECT_EQ(std::memcmp(text->data(), bytes.data() + at, 300), 0) << at;
  }
}

TEST(ByteReader, StopsAtItsEnd) {
  const auto bytes = count_up(100);
  const MemorySource source("f", bytes);
  ByteReader reader(source, 10, 20);
  EXPECT_EQ(reader.remaining(), 10U);
  EXPECT_TRUE(reader.number<std::uint64_t>("x"));
  const auto beyond = reader.number<std::uint32_t>("the count");
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().message,
            "cannot read f: at byte 18: the count reaches beyond byte 20, where it has to end");
  EXPECT_FALSE(reader.skip(3, "x"));
  EXPECT_FALSE(reader.skip(UINT64_MAX, "x"));
  EXPECT_FALSE(reader.seek(21, "x"));
  EXPECT_FALSE(reader.text(UINT64_MAX, "x"));
  EXPECT_TRUE(reader.number<std::uint16_t>("x"));
  EXPECT_EQ(reader.remaining(), 0U);
  EXPECT_EQ(ByteReader(source, 200, 300).remaining(), 0U);
  EXPECT_EQ(ByteReader(source, 50, 10).remaining(), 0U);
}

// A file that was longer when it was opened.
class Shrunk : public MemorySource {
 public:
  explicit Shrunk(std::span<const std::byte> bytes)
      : MemorySource("f", bytes), left_(bytes.first(bytes.size() / 2)) {}
  Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> out) const override {
    return MemorySource("f", left_).read(offset, out);
  }

 private:
  std::span<const std::byte> left_;
};

TEST(ByteReader, SaysWhenTheFileBecameShorter) {
  const auto bytes = count_up(100);
  const Shrunk source(bytes);
  ByteReader reader(source);
  EXPECT_TRUE(reader.text(50, "x"));
  const auto gone = reader.number<std::uint8_t>("x");
  ASSERT_FALSE(gone);
  EXPECT_NE(gone.error().message.find("became shorter"), std::string::npos);
}

}  // namespace
}  // namespace bytepath::weights
