#include "lazyfs/grid.h"

#include <gtest/gtest.h>

namespace bytepath::lazyfs {
namespace {

TEST(Grid, CutsARequestAtItsLines) {
  const std::vector<Piece> expected{
      {.chunk = {.offset = 0, .length = 4096}, .skip = 4095, .length = 1},
      {.chunk = {.offset = 4096, .length = 4096}, .skip = 0, .length = 4096},
      {.chunk = {.offset = 8192, .length = 1808}, .skip = 0, .length = 1}};
  EXPECT_EQ(Grid(4096).pieces(10000, {.offset = 4095, .length = 4098}), expected);
}

TEST(Grid, EndsWithTheFile) {
  const std::vector<Piece> last{
      {.chunk = {.offset = 8192, .length = 1808}, .skip = 8, .length = 1800}};
  EXPECT_EQ(Grid(4096).pieces(10000, {.offset = 8200, .length = UINT64_MAX}), last);
  EXPECT_TRUE(Grid(4096).pieces(10000, {.offset = 10000, .length = 1}).empty());
  EXPECT_TRUE(Grid(4096).pieces(10000, {.offset = UINT64_MAX, .length = 10}).empty());
  EXPECT_TRUE(Grid(4096).pieces(10000, {.offset = 5, .length = 0}).empty());
  EXPECT_TRUE(Grid(4096).pieces(0, {.offset = 0, .length = 5}).empty());
}

TEST(Grid, OfNoneIsTheRequestItself) {
  const std::vector<Piece> whole{
      {.chunk = {.offset = 77, .length = 9000}, .skip = 0, .length = 9000}};
  EXPECT_EQ(Grid(0).pieces(10000, {.offset = 77, .length = 9000}), whole);
}

TEST(Grid, CoversEachRequestOnce) {
  for (const std::uint64_t chunk : {std::uint64_t{0}, least_chunk, std::uint64_t{16384}}) {
    for (std::uint64_t offset = 0; offset < 20000; offset += 613) {
      std::uint64_t at = offset;
      for (const auto& piece : Grid(chunk).pieces(20000, {.offset = offset, .length = 9001})) {
        EXPECT_EQ(piece.chunk.offset + piece.skip, at);
        EXPECT_LE(piece.skip + piece.length, piece.chunk.length);
        EXPECT_LE(piece.chunk.offset + piece.chunk.length, 20000U);
        at += piece.length;
      }
      EXPECT_EQ(at, std::min<std::uint64_t>(offset + 9001, 20000));
    }
  }
}

TEST(ParseChunk, TakesPowersOfTwoAndNone) {
  EXPECT_EQ(parse_chunk("512K").value(), 512U << 10U);
  EXPECT_EQ(parse_chunk("4096").value(), 4096U);
  EXPECT_EQ(parse_chunk("64M").value(), largest_chunk);
  EXPECT_EQ(parse_chunk("none").value(), 0U);
  for (const auto* wrong : {"2K", "128M", "5000", "", "-1", "0", "some"}) {
    EXPECT_FALSE(parse_chunk(wrong).has_value()) << wrong;
  }
}

}  // namespace
}  // namespace bytepath::lazyfs
